package io.mptcplb.dpdk.packet;

import io.mptcplb.dpdk.KernelInterface;
import org.jspecify.annotations.Nullable;

/**
 * The device behind a packet port: follows it when it is renamed, and takes it again when one of
 * the configured name is there after it had gone. Owner: whoever opened the port, then the thread
 * that watches over it, except {@link #facts}.
 */
final class PacketDevice implements AutoCloseable {
    private final String configuredName;
    private final @Nullable KernelInterface kernel;
    private final PacketSocket socket;
    private volatile DeviceFacts facts;

    PacketDevice(KernelInterface kernel, PacketSocket socket) {
        configuredName = kernel.name();
        this.kernel = kernel;
        this.socket = socket;
        facts =
                DeviceFacts.first(
                        socket.attachedTo(),
                        kernel.name(),
                        kernel.linkUp(),
                        kernel.mtuBytes(),
                        kernel.macAddress());
    }

    /** No device, but the end of a {@link PacketCable}: it is as it is said to be, for ever. */
    PacketDevice(DeviceFacts facts, PacketSocket socket) {
        configuredName = facts.name();
        kernel = null;
        this.socket = socket;
        this.facts = facts;
    }

    /** What is known; any thread. */
    DeviceFacts facts() {
        return facts;
    }

    /** Asks the kernel for the link alone: whether it is another than the facts say. */
    boolean linkTurned() {
        DeviceFacts known = facts;
        return known.present() && kernel.linkUp() != known.up();
    }

    /** Asks the kernel; what it says are the facts from now on. */
    DeviceFacts look() {
        return kernel == null ? facts : look(kernel);
    }

    private DeviceFacts look(KernelInterface kernel) {
        int index = attachedTo(kernel);
        int mtuBytes = index < 0 ? -1 : kernel.mtuBytes();
        long macAddress = index < 0 ? 0 : kernel.macAddress();
        boolean gone = mtuBytes < 0 || macAddress == 0;
        DeviceFacts now =
                gone
                        ? facts.thenGone(configuredName)
                        : facts.then(index, kernel.name(), kernel.linkUp(), mtuBytes, macAddress);
        facts = now;
        return now;
    }

    /** The number of the device that we have, or have again; else -1. Questions are about it. */
    private int attachedTo(KernelInterface kernel) {
        int index = socket.attachedTo();
        @Nullable String name = index < 0 ? null : kernel.nameOf(index);
        if (name != null) {
            if (!name.equals(kernel.name())) {
                kernel.call(name);
            }
            return index;
        }
        kernel.call(configuredName);
        int again = kernel.index();
        return again >= 0 && socket.attach(again) ? again : DeviceFacts.GONE;
    }

    @Override
    public void close() {
        socket.close();
        if (kernel != null) {
            kernel.close();
        }
    }
}
