package io.mptcplb.dpdk;

import io.mptcplb.frame.FrameIo;

/** A port with a device behind it, as whoever wires the program sees it. */
public interface DevicePort extends FrameIo, AutoCloseable {
    /** The device's own counters, read now: always the same instance. May be a system call. */
    PortStatistics statistics();

    /** Frames dropped for one reason since the port opened. */
    long drops(PortDrop reason);

    /** False while the device is gone: the port waits for its return. */
    default boolean devicePresent() {
        return true;
    }

    /** Times that the device vanished, returned, or became another in name, MTU or address. */
    default long deviceChanges() {
        return 0;
    }

    /** For a start-up line: device, driver, MTU, offloads. */
    String describe();

    /** Lets go of the device. Frames that were polled stay with their owner. */
    @Override
    void close();
}
