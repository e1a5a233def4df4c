package io.mptcplb.dpdk.packet;

import io.mptcplb.dpdk.DpdkException;
import io.mptcplb.dpdk.Posix;
import io.mptcplb.frame.Mem;
import java.lang.foreign.Arena;

/**
 * The kernel's word that something about some interface has changed (rtnetlink(7), RTMGRP_LINK), in
 * the network namespace of the thread that opens it. What it was is asked then: so nothing is lost
 * when there is more news than the socket holds. Owner: the thread that watches.
 */
final class LinkNews implements AutoCloseable {
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW_CLOEXEC_NONBLOCK = 3 | 0x80000 | 0x800;
    private static final int NETLINK_ROUTE = 0;
    private static final int RTMGRP_LINK = 1;
    private static final int ADDRESS_BYTES = 12;
    private static final int ADDRESS_GROUPS = 8;

    /** What does not fit is cut off: nobody reads it. */
    private static final int SCRATCH_BYTES = 256;

    /** Of a thousand devices that change at once; the rest is for the next time. */
    private static final int DRAINED_MAX = 1000;

    private final Arena arena = Arena.ofShared();
    private final Posix posix = new Posix(arena);
    private final long scratch = arena.allocate(SCRATCH_BYTES, 8).address();
    private final int descriptor;

    LinkNews() {
        Mem.register(scratch, SCRATCH_BYTES);
        descriptor = posix.socket(AF_NETLINK, SOCK_RAW_CLOEXEC_NONBLOCK, NETLINK_ROUTE);
        int result = descriptor < 0 ? descriptor : bind();
        if (result < 0) {
            close();
            throw DpdkException.ofSystemCall("rtnetlink socket", result);
        }
    }

    private int bind() {
        Mem.setHostU64(scratch, 0);
        Mem.setHostU16(scratch, AF_NETLINK);
        Mem.setHostU32(scratch + ADDRESS_GROUPS, RTMGRP_LINK);
        return posix.bind(descriptor, scratch, ADDRESS_BYTES);
    }

    int descriptor() {
        return descriptor;
    }

    /** Forgets what has been told so far. */
    void drain() {
        int left = DRAINED_MAX;
        while (left-- > 0 && Posix.read(descriptor, scratch, SCRATCH_BYTES) > 0) {
            // Whatever it says, everything is asked afterwards.
        }
    }

    @Override
    public void close() {
        if (descriptor >= 0) {
            posix.close(descriptor);
        }
        Mem.unregister(scratch);
        arena.close();
    }
}
