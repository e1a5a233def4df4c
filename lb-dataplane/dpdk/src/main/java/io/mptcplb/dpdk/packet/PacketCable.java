package io.mptcplb.dpdk.packet;

import io.mptcplb.dpdk.DpdkException;
import io.mptcplb.dpdk.Posix;
import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.Mem;
import java.lang.foreign.Arena;
import java.util.function.IntSupplier;

/**
 * Two packet ports joined by sockets, without a device and without rights: what one sends arrives
 * at the other with its offload header, as between two virtual devices, once the cable is told to
 * carry it. For rehearsals: what is to be warm before ports open must have been done by the very
 * classes that will serve. Owner: one thread.
 */
public final class PacketCable implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;

    /** So that either end also sees frames as a plain wire brings them. */
    private static final int FRAMES_PER_FINISHED = 4;

    private static final int FRAME_BYTES_MAX = VnetHeader.BYTES + ReceiveBatch.FRAME_BYTES_MAX;

    private final Arena arena = Arena.ofShared();
    private final Posix posix = new Posix(arena);
    private final long frame = arena.allocate(FRAME_BYTES_MAX, 8).address();
    private final long pair = arena.allocate(2 * Integer.BYTES, 8).address();
    private final PacketSocket behindLeft;
    private final PacketSocket behindRight;
    private final PacketPort left;
    private final PacketPort right;
    private int carried;

    /** The second copy of a frame, which comes behind the next ones. */
    private final long late = arena.allocate(FRAME_BYTES_MAX, 8).address();

    private long lateBytes;
    private int lateTo;

    /**
     * Opens both ports; {@link DpdkException} when the process has no descriptors left.
     *
     * @param pool into which both receive; must outlive the cable
     * @param mtuBytes of both ports
     * @param leftMac hardware address in the low 48 bits
     */
    public PacketCable(BufferPool pool, int mtuBytes, long leftMac, long rightMac) {
        Mem.register(frame, FRAME_BYTES_MAX);
        Mem.register(late, FRAME_BYTES_MAX);
        Mem.register(pair, 2 * Integer.BYTES);
        join();
        behindLeft = socket(0);
        left = PacketPort.joined(facts("left", mtuBytes, leftMac), socket(1), pool);
        join();
        behindRight = socket(0);
        right = PacketPort.joined(facts("right", mtuBytes, rightMac), socket(1), pool);
    }

    private void join() {
        int type = SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
        int result = posix.socketpair(AF_UNIX, type, 0, pair);
        if (result < 0) {
            throw DpdkException.ofSystemCall("socketpair", result);
        }
    }

    private PacketSocket socket(int ofPair) {
        return PacketSocket.ofJoined(
                Mem.hostU32(pair + (long) ofPair * Integer.BYTES),
                PacketOptions.RECEIVE_BYTES_DEFAULT);
    }

    private static DeviceFacts facts(String name, int mtuBytes, long mac) {
        return DeviceFacts.first(0, name, true, mtuBytes, mac);
    }

    public PacketPort left() {
        return left;
    }

    public PacketPort right() {
        return right;
    }

    /** Carries what the left port has sent, each frame as often as {@code copies} says. */
    public void carryToRight(IntSupplier copies) {
        carry(behindLeft.descriptor(), behindRight.descriptor(), copies);
    }

    /** Carries what the right port has sent, each frame as often as {@code copies} says. */
    public void carryToLeft(IntSupplier copies) {
        carry(behindRight.descriptor(), behindLeft.descriptor(), copies);
    }

    /** A full queue loses a frame, as a device's does. */
    private void carry(int from, int to, IntSupplier copies) {
        long bytes = Posix.read(from, frame, FRAME_BYTES_MAX);
        boolean lateDue = bytes > 0 && lateBytes > 0 && lateTo == to;
        while (bytes > 0) {
            if (++carried % FRAMES_PER_FINISHED == 0) {
                VnetHeader.finishChecksum(frame, (int) bytes - VnetHeader.BYTES);
            }
            int wanted = copies.getAsInt();
            if (wanted > 0) {
                Posix.write(to, frame, bytes);
            }
            if (wanted > 1 && lateBytes == 0) {
                Mem.copy(frame, late, bytes);
                lateBytes = bytes;
                lateTo = to;
            }
            bytes = Posix.read(from, frame, FRAME_BYTES_MAX);
        }
        if (lateDue) {
            Posix.write(to, late, lateBytes);
            lateBytes = 0;
        }
    }

    @Override
    public void close() {
        left.close();
        right.close();
        behindLeft.close();
        behindRight.close();
        Mem.unregister(frame);
        Mem.unregister(late);
        Mem.unregister(pair);
        arena.close();
    }
}
