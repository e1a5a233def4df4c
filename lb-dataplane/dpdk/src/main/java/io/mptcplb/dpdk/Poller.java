package io.mptcplb.dpdk;

import io.mptcplb.frame.FrameIo;
import io.mptcplb.frame.Mem;
import java.lang.foreign.Arena;

/**
 * Where an idle worker waits: for a frame on any of its ports, for {@link #wake} by another thread,
 * or for a deadline. Owner: the worker thread, except {@link #wake}.
 */
public final class Poller implements AutoCloseable {
    /** Longest wait: the worker looks at its world at least this often. */
    public static final long WAIT_NANOS_MAX = 100_000_000L;

    /** Longest wait when a port has no descriptor and must be polled. */
    public static final long BLIND_WAIT_NANOS_MAX = 50_000L;

    private static final int DESCRIPTORS_MAX = 64;
    private static final int POLLFD_BYTES = 8;
    private static final int EVENTS = 4;
    private static final int REVENTS = 6;
    private static final int POLLIN = 1;
    private static final int POLLERR = 8;
    private static final int POLLNVAL = 0x20;
    private static final int EVENTFD_FLAGS = 0x80000 | 0x800;
    private static final int SOL_SOCKET = 1;
    private static final int SO_ERROR = 4;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final Arena arena = Arena.ofShared();
    private final Posix posix = new Posix(arena);
    private final long pollfds = zeroed((DESCRIPTORS_MAX + 1) * POLLFD_BYTES);
    private final long timespec = zeroed(16);
    private final long scratch = zeroed(16);
    private final long one = zeroed(8);
    private final int eventDescriptor;
    private int count;
    private boolean blind;

    public Poller() {
        eventDescriptor = posix.eventfd(0, EVENTFD_FLAGS);
        if (eventDescriptor < 0) {
            throw new DpdkException(
                    DpdkError.SYSTEM_CALL_FAILED, "eventfd: " + Natives.errorText(eventDescriptor));
        }
        Mem.setHostU64(one, 1);
        add(eventDescriptor);
    }

    private long zeroed(int bytes) {
        long address = arena.allocate(bytes, 8).address();
        Mem.register(address, bytes);
        return address;
    }

    /** Waits for this port too; a port without a descriptor makes every wait short. */
    public void add(FrameIo port) {
        if (port.readableDescriptor() < 0) {
            blind = true;
        } else {
            add(port.readableDescriptor());
        }
    }

    /** Waits for this descriptor too; it stays the caller's. */
    public void add(int descriptor) {
        if (count > DESCRIPTORS_MAX) {
            throw new DpdkException(
                    DpdkError.SYSTEM_CALL_FAILED,
                    "a worker waits for at most " + DESCRIPTORS_MAX + " descriptors");
        }
        long at = pollfds + (long) count * POLLFD_BYTES;
        Mem.setHostU32(at, descriptor);
        Mem.setHostU16(at + EVENTS, POLLIN);
        count++;
    }

    /**
     * Waits until something can be read, another thread calls {@link #wake}, or {@code
     * timeoutNanos} are over (cut to {@link #WAIT_NANOS_MAX}; 0 or less only looks). Returns true
     * when there was a reason other than time.
     */
    public boolean await(long timeoutNanos) {
        long nanos = Math.clamp(timeoutNanos, 0, blind ? BLIND_WAIT_NANOS_MAX : WAIT_NANOS_MAX);
        Mem.setHostU64(timespec, nanos / NANOS_PER_SECOND);
        Mem.setHostU64(timespec + 8, nanos % NANOS_PER_SECOND);
        int ready = Posix.ppoll(pollfds, count, timespec);
        if (ready <= 0) {
            return false;
        }
        if (revents(0) != 0) {
            Posix.read(eventDescriptor, scratch, 8);
        }
        for (int i = 1; i < count; i++) {
            clearError(i);
        }
        return true;
    }

    private int revents(int index) {
        return Mem.hostU16(pollfds + (long) index * POLLFD_BYTES + REVENTS);
    }

    /**
     * A link that went down leaves an error on its packet socket, which would end every later wait
     * at once: reading the error clears it. A descriptor that is closed is no longer waited for
     * (ppoll skips negative ones).
     */
    private void clearError(int index) {
        int events = revents(index);
        long at = pollfds + (long) index * POLLFD_BYTES;
        if ((events & POLLERR) != 0) {
            Mem.setHostU32(scratch + 8, 4);
            Posix.getsockopt(Mem.hostU32(at), SOL_SOCKET, SO_ERROR, scratch, scratch + 8);
        } else if ((events & POLLNVAL) != 0) {
            Mem.setHostU32(at, -1);
            blind = true;
        }
    }

    /** Ends the current or the next {@link #await}; any thread. */
    public void wake() {
        Posix.write(eventDescriptor, one, 8);
    }

    /**
     * Ports keep their descriptors. No thread may be in {@link #await} or call {@link #wake} any
     * more.
     */
    @Override
    public void close() {
        posix.close(eventDescriptor);
        Mem.unregister(pollfds);
        Mem.unregister(timespec);
        Mem.unregister(scratch);
        Mem.unregister(one);
        arena.close();
    }
}
