package io.mptcplb.dpdk;

/**
 * Every way in which DPDK, or the machine under it, refuses to serve. Each entry says what to
 * install or change; the codes are exported and never renumbered.
 */
public enum DpdkError {
    LIBRARY_MISSING(1, "Install the DPDK libraries: apt-get install %s"),
    ABI_MISMATCH(2, "Install a DPDK release that is supported: 22.11, 23.11, 24.11 or 25.11"),
    SYMBOLS_MISSING(
            3, "The DPDK installation is incomplete or changed: reinstall its packages (%s)"),
    ABI_SELF_TEST_FAILED(
            4, "This DPDK build lays memory out differently; use the distribution's packages"),
    ALREADY_STARTED(5, "DPDK starts once per process: keep the first Eal, or start a new process"),
    OPTIONS_REFUSED(6, "Correct the EAL options"),
    HUGEPAGES_MISSING(7, "Reserve hugepages: sysctl vm.nr_hugepages=%s, or choose MemoryMode.AUTO"),
    EAL_REFUSED(8, "Read DPDK's own words above; --no-huge needs nothing but memory"),
    POOL_EMPTY(9, "Make the pool larger, or release buffers sooner"),
    POOL_TOO_BIG(10, "Give DPDK more memory: raise memoryMegabytes to %s, or reserve hugepages"),
    POOL_DRIVER_MISSING(
            11,
            "Install DPDK's mempool drivers: apt-get install librte-mempool-ring%s"
                    + " librte-mempool-stack%s"),
    NO_NET_RAW(
            12, "Grant CAP_NET_RAW: run as root, or add NET_RAW to the container's capabilities"),
    NO_NET_ADMIN(
            13,
            "Grant CAP_NET_ADMIN: run as root, or add NET_ADMIN to the container's capabilities"),
    NO_XDP_RIGHTS(14, "Grant CAP_SYS_ADMIN and CAP_IPC_LOCK to attach XDP, or use af_packet"),
    MEMLOCK_LIMIT(15, "Grant CAP_IPC_LOCK, raise `ulimit -l`, or configure fewer ring frames"),
    DEVICE_MISSING(
            16, "Name an interface that exists in this network namespace (`ip link` lists them)"),
    DEVICE_BUSY(
            17,
            "Detach the XDP program that is still on the interface: ip link set dev %s xdp off"),
    DRIVER_MISSING(18, "Install the port's driver: apt-get install %s"),
    NO_PORTS(
            19,
            "Bind a NIC to vfio-pci (dpdk-devbind.py --status), or configure a kernel interface"),
    PORT_REFUSED(20, "Read DPDK's own words above; fewer or shorter rings help most often"),
    MTU_TOO_LARGE(21, "Lower the MTU of the port to %s, or choose another driver"),
    ROOM_TOO_SMALL(22, "Create the buffer pool with a room of at least %s bytes"),
    LINK_DOWN(23, "Bring the link up: ip link set dev %s up, and check the cable or the peer"),
    THREAD_REFUSED(24, "Run fewer worker threads: DPDK knows at most 128 threads in all"),
    CPU_UNAVAILABLE(25, "Choose one of the CPUs that this process may use: %s"),
    SYSTEM_CALL_FAILED(26, "Check the limits of the process (ulimit -n) and its seccomp profile");

    private final int code;
    private final String remedy;

    DpdkError(int code, String remedy) {
        this.code = code;
        this.remedy = remedy;
    }

    /** Stable number of this error, for exit codes and metrics. */
    public int code() {
        return code;
    }

    /** What to do about it; {@code argument} fills the one hole that some sentences have. */
    String remedy(Object argument) {
        return remedy.replace("%s", String.valueOf(argument));
    }
}
