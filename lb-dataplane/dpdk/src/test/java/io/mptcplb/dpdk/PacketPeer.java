package io.mptcplb.dpdk;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.mptcplb.frame.Mem;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/**
 * The other end of a veth pair: an AF_PACKET socket of the kernel that sends and receives frames as
 * they are.
 */
public final class PacketPeer implements AutoCloseable {
    /** Ethertype of IEEE 802 local experiments: nothing else on the wire uses it. */
    public static final int ETHERTYPE = 0x88b5;

    private static final MethodHandle BIND =
            Linker.nativeLinker()
                    .downcallHandle(
                            Linker.nativeLinker().defaultLookup().findOrThrow("bind"),
                            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int ADDRESS_BYTES = 20;
    private static final int FRAME_BYTES_MAX = 65_536;

    private final Arena arena = Arena.ofShared();
    private final Posix posix = new Posix(arena);
    private final long memory = arena.allocate(FRAME_BYTES_MAX, 8).address();
    private final long pollfd = arena.allocate(32, 8).address();
    private final int socket;

    private PacketPeer(int interfaceIndex) {
        Mem.register(memory, FRAME_BYTES_MAX);
        Mem.register(pollfd, 32);
        int protocol = Short.reverseBytes((short) ETHERTYPE) & 0xffff;
        socket = posix.socket(Descriptors.AF_PACKET, SOCK_RAW_CLOEXEC, protocol);
        Mem.setHostU16(memory, Descriptors.AF_PACKET);
        Mem.setU16(memory + 2, ETHERTYPE);
        Mem.setHostU32(memory + 4, interfaceIndex);
        try {
            int result = (int) BIND.invokeExact(socket, memory, ADDRESS_BYTES);
            if (socket < 0 || result != 0) {
                throw new IllegalStateException("cannot bind a packet socket");
            }
        } catch (Throwable thrown) {
            throw new IllegalStateException(thrown);
        }
    }

    public static PacketPeer open(NetworkNamespace namespace, String interfaceName) {
        return namespace.inside(() -> {
            try (KernelInterface kernel = KernelInterface.open(interfaceName)) {
                return new PacketPeer(kernel.index());
            }
        });
    }

    /** A frame of the experimental ethertype with a payload that depends on {@code seed}. */
    public static byte[] frame(int bytes, int seed) {
        byte[] frame = new byte[bytes];
        for (int i = 0; i < 6; i++) {
            frame[i] = (byte) 0xff;
            frame[6 + i] = (byte) (i == 0 ? 2 : i);
        }
        frame[12] = (byte) (ETHERTYPE >> 8);
        frame[13] = (byte) ETHERTYPE;
        for (int i = 14; i < bytes; i++) {
            frame[i] = (byte) Frames.pattern(seed, i);
        }
        return frame;
    }

    public void send(byte[] frame) {
        Mem.copyIn(frame, 0, memory, frame.length);
        long written = Posix.write(socket, memory, frame.length);
        if (written != frame.length) {
            throw new IllegalStateException("wrote " + written + " of " + frame.length);
        }
    }

    /** The next frame, or an empty array when none comes within the time. */
    public byte[] receive(long timeoutNanos) {
        Mem.setHostU32(pollfd, socket);
        Mem.setHostU32(pollfd + 4, 1);
        Mem.setHostU64(pollfd + 16, timeoutNanos / 1_000_000_000L);
        Mem.setHostU64(pollfd + 24, timeoutNanos % 1_000_000_000L);
        if (Posix.ppoll(pollfd, 1, pollfd + 16) <= 0) {
            return new byte[0];
        }
        // A link that was down leaves one error to read.
        byte[] frame = new byte[(int) Math.max(0, Posix.read(socket, memory, FRAME_BYTES_MAX))];
        Mem.copyOut(memory, frame, 0, frame.length);
        return frame;
    }

    @Override
    public void close() {
        posix.close(socket);
        Mem.unregister(memory);
        Mem.unregister(pollfd);
        arena.close();
    }
}
