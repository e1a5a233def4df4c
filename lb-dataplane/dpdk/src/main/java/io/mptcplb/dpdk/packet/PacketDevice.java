package io.mptcplb.dpdk.packet;

import io.mptcplb.dpdk.KernelInterface;
import org.jspecify.annotations.Nullable;

/**
 * The device behind a packet port: follows it when it is renamed, and takes it again when one of
 * the configured name is there after it had gone. Owner: whoever opened the port, then the thread
 * that watches over it, except {@link #facts}.
 */
final class PacketDevice implements Device {
    private final String configuredName;
    private final KernelInterface kernel;
    private final PacketSockets sockets;
    private volatile DeviceFacts facts;
    private boolean closed;

    PacketDevice(KernelInterface kernel, PacketSockets sockets) {
        configuredName = kernel.name();
        this.kernel = kernel;
        this.sockets = sockets;
        facts =
                DeviceFacts.first(
                        sockets.attachedTo(),
                        kernel.name(),
                        kernel.linkUp(),
                        kernel.mtuBytes(),
                        kernel.macAddress());
    }

    @Override
    public DeviceFacts facts() {
        return facts;
    }

    @Override
    public boolean linkTurned() {
        DeviceFacts known = facts;
        return known.present() && kernel.linkUp() != known.up();
    }

    @Override
    public DeviceFacts look() {
        int index = attachedTo();
        DeviceFacts now = index < 0 ? facts.thenGone(configuredName) : ask(index);
        if (now != null) {
            facts = now;
        }
        return facts;
    }

    /**
     * Null when the device is ours and answers to no name: for some milliseconds the kernel knows
     * one that is being renamed by neither. It is asked again soon.
     */
    private @Nullable DeviceFacts ask(int index) {
        String name = kernel.name();
        int mtuBytes = kernel.mtuBytes();
        long macAddress = kernel.macAddress();
        boolean up = kernel.linkUp();
        boolean whole = mtuBytes >= 0 && macAddress != 0 && name.equals(kernel.nameOf(index));
        return whole ? facts.then(index, name, up, mtuBytes, macAddress) : null;
    }

    /** The number of the device that we have, or have again; else -1. Questions are about it. */
    private int attachedTo() {
        int index = sockets.attachedTo();
        @Nullable String name = index < 0 ? null : kernel.nameOf(index);
        if (name != null) {
            if (!name.equals(kernel.name())) {
                kernel.call(name);
            }
            return index;
        }
        kernel.call(configuredName);
        int again = kernel.index();
        return again >= 0 && sockets.attach(again) ? again : DeviceFacts.GONE;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        sockets.close();
        kernel.close();
    }
}
