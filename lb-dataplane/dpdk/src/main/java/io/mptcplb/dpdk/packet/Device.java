package io.mptcplb.dpdk.packet;

/** What is behind a packet port. */
interface Device extends AutoCloseable {
    /** What is known; any thread. */
    DeviceFacts facts();

    /** Asks for the link alone: whether it is another than the facts say. */
    boolean linkTurned();

    /** Asks for everything; the answers are the facts from now on. */
    DeviceFacts look();

    /** Lets go of it, and of the sockets of all its ports. Once is enough. */
    @Override
    void close();
}
