package io.mptcplb.dpdk.packet;

/**
 * No device, but the end of a {@link PacketCable}: it is as it is said to be, for ever.
 *
 * @param socket which closes with it
 */
record CableEnd(DeviceFacts facts, PacketSocket socket) implements Device {
    @Override
    public boolean linkTurned() {
        return false;
    }

    @Override
    public DeviceFacts look() {
        return facts;
    }

    @Override
    public void close() {
        socket.close();
    }
}
