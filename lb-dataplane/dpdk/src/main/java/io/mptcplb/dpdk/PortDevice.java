package io.mptcplb.dpdk;

/** What stands behind a port. */
public sealed interface PortDevice {
    /** How operators and messages call it. */
    String label();

    /**
     * A kernel interface through AF_PACKET rings: any interface, any MTU, no NIC support needed.
     * The interface should carry no addresses; its peers must not leave checksums or segmentation
     * to the device.
     *
     * @param interfaceName in this thread's network namespace
     * @param qdiscBypass frames skip the interface's queueing discipline, and captures on the same
     *     interface do not see them
     */
    record AfPacket(String interfaceName, boolean qdiscBypass) implements PortDevice {
        public AfPacket(String interfaceName) {
            this(interfaceName, true);
        }

        @Override
        public String label() {
            return interfaceName;
        }
    }

    /**
     * A kernel interface through AF_XDP: faster at MTU 1500, cannot gather (payload is copied and
     * counted) and cannot carry MTUs above 3,442.
     *
     * @param startQueue queue of the device, from 0
     */
    record AfXdp(String interfaceName, int startQueue) implements PortDevice {
        @Override
        public String label() {
            return interfaceName + "/xdp" + startQueue;
        }
    }

    /**
     * Any virtual device of DPDK, such as {@code net_null0} or {@code net_virtio_user0}.
     *
     * @param name begins with the driver's name
     * @param arguments comma-separated, may be empty
     */
    record Virtual(String name, String arguments) implements PortDevice {
        @Override
        public String label() {
            return name;
        }
    }

    /** A NIC or a virtual function by its PCI address such as {@code 0000:3b:00.0}. */
    record Pci(String address, String arguments) implements PortDevice {
        @Override
        public String label() {
            return address;
        }
    }

    /** A port that DPDK already has. */
    record Existing(int portId) implements PortDevice {
        @Override
        public String label() {
            return "port " + portId;
        }
    }
}
