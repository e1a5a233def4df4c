package io.mptcplb.stack.time;

/** What a worker's time goes to. */
public enum Phase {
    /** Frames from the devices. */
    RX,
    /** Headers read and verified, payload summed. */
    PARSE,
    /** TCP and MPTCP: states, acknowledgements, reassembly, scheduling, timers. */
    PROTOCOL,
    /** Sessions and pools. */
    PROXY,
    /** Headers and options of what goes out. */
    BUILD,
    /**
     * Frames to the devices; where the kernel keeps a device, also what it does with them at once.
     */
    TX,
    /** The duty cycle itself and its figures. */
    KEEPING
}
