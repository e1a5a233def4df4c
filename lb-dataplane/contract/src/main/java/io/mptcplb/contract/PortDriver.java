package io.mptcplb.contract;

/**
 * How a port is opened: by which DPDK driver, or by our own. Codes are exported and never
 * renumbered.
 */
public enum PortDriver implements Coded {
    /**
     * DPDK's driver on AF_PACKET rings of a kernel device: works everywhere, needs NET_RAW and
     * NET_ADMIN.
     */
    AF_PACKET(1, "net_af_packet"),
    /** DPDK's driver on AF_XDP sockets of a kernel device. */
    AF_XDP(2, "net_af_xdp"),
    /** A NIC or virtual function by its PCI address, bound to vfio-pci or bifurcated. */
    PCI(3, "pci"),
    /** A complete vdev string, passed to DPDK as it is written. */
    VDEV(4, "vdev"),
    /**
     * Our own on a packet socket of a kernel device: super-frames and unfinished checksums both
     * ways. Works everywhere, needs NET_RAW alone.
     */
    PACKET(5, "packet");

    private final int code;
    private final String text;

    PortDriver(int code, String text) {
        this.code = code;
        this.text = text;
    }

    @Override
    public int code() {
        return code;
    }

    @Override
    public String text() {
        return text;
    }

    /** True when the port is a kernel network device, named as the kernel names it. */
    public boolean isKernelDevice() {
        return this == AF_PACKET || this == AF_XDP || this == PACKET;
    }

    /** True when a frame must fit one buffer; else it may spread over several. */
    public boolean needsWholeFrameInBuffer() {
        return this == AF_PACKET || this == AF_XDP;
    }
}
