package io.mptcplb.dpdk;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * Two net_ring ports wired to each other: what one sends, the other receives, the very same mbufs.
 * Needs no privilege.
 */
final class RingPair implements AutoCloseable {
    private static final MethodHandle RING_CREATE =
            find("ring", "rte_ring_create", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle RING_FREE = findVoid("ring", "rte_ring_free");
    private static final MethodHandle FROM_RINGS =
            find(
                    "net_ring",
                    "rte_eth_from_rings",
                    JAVA_INT,
                    JAVA_LONG,
                    JAVA_LONG,
                    JAVA_INT,
                    JAVA_LONG,
                    JAVA_INT,
                    JAVA_INT);

    final EthPort left;
    final EthPort right;
    private final String name;
    private final long toRight;
    private final long toLeft;

    /** Each ring holds {@code frames - 1} frames; a power of two. */
    RingPair(String name, int frames, DpdkBufferPool pool) {
        this(name, frames, pool, frames);
    }

    RingPair(String name, int frames, DpdkBufferPool pool, int txFrames) {
        this.name = name;
        toRight = ring(name + "-r", frames);
        toLeft = ring(name + "-l", frames);
        left = open(portOf(name + "0", toLeft, toRight), frames, txFrames, pool);
        right = open(portOf(name + "1", toRight, toLeft), frames, txFrames, pool);
    }

    private static EthPort open(int portId, int frames, int txFrames, DpdkBufferPool pool) {
        PortOptions options =
                PortOptions.of(new PortDevice.Existing(portId)).withFrames(frames, txFrames);
        return EthPort.open(options, pool);
    }

    private static long ring(String name, int frames) {
        try (Arena arena = Arena.ofConfined()) {
            long ring =
                    (long)
                            RING_CREATE.invokeExact(
                                    arena.allocateFrom(name).address(), frames, -1, 0);
            if (ring == 0) {
                throw new IllegalStateException(
                        "rte_ring_create: " + Natives.errorText(Natives.rteErrno()));
            }
            return ring;
        } catch (Throwable thrown) {
            throw new IllegalStateException(thrown);
        }
    }

    private static int portOf(String name, long rxRing, long txRing) {
        try (Arena arena = Arena.ofConfined()) {
            long rx = arena.allocateFrom(JAVA_LONG, rxRing).address();
            long tx = arena.allocateFrom(JAVA_LONG, txRing).address();
            int port =
                    (int)
                            FROM_RINGS.invokeExact(
                                    arena.allocateFrom(name).address(), rx, 1, tx, 1, 0);
            if (port < 0) {
                throw new IllegalStateException("rte_eth_from_rings " + port);
            }
            return port;
        } catch (Throwable thrown) {
            throw new IllegalStateException(thrown);
        }
    }

    private static MethodHandle find(
            String library,
            String symbol,
            java.lang.foreign.MemoryLayout result,
            java.lang.foreign.MemoryLayout... arguments) {
        return Linker.nativeLinker()
                .downcallHandle(symbol(library, symbol), FunctionDescriptor.of(result, arguments));
    }

    private static MethodHandle findVoid(String library, String symbol) {
        return Linker.nativeLinker()
                .downcallHandle(symbol(library, symbol), FunctionDescriptor.ofVoid(JAVA_LONG));
    }

    private static MemorySegment symbol(String library, String symbol) {
        String soname = Libraries.soname(library, Natives.require().soVersion());
        return SymbolLookup.libraryLookup(soname, Arena.global()).findOrThrow(symbol);
    }

    @Override
    public void close() {
        left.close();
        right.close();
        unplug("net_ring_" + name + "0");
        unplug("net_ring_" + name + "1");
        try {
            RING_FREE.invokeExact(toRight);
            RING_FREE.invokeExact(toLeft);
        } catch (Throwable thrown) {
            throw new IllegalStateException(thrown);
        }
    }

    private static void unplug(String device) {
        try (Arena arena = Arena.ofConfined()) {
            int result =
                    Natives.hotplugRemove(arena.allocateFrom("vdev"), arena.allocateFrom(device));
            if (result < 0) {
                throw new IllegalStateException(device + ": " + Natives.errorText(result));
            }
        }
    }
}
