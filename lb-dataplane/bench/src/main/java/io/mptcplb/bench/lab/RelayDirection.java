package io.mptcplb.bench.lab;

import io.mptcplb.bench.sys.PacketSocket;
import io.mptcplb.bench.sys.SysException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicLong;

/** One direction of a {@link Relay}: owned by its thread, except for what is volatile. */
final class RelayDirection implements Runnable {
    private static final int FRAME_BYTES_MAX = 9216;
    private static final long AWAIT_NANOS_MAX = 20_000_000;
    private static final long HELD_NANOS_MAX = 20_000_000;
    private static final double QUEUE_SECONDS = 0.05;
    private static final int QUEUE_BYTES_MIN = 32_768;
    private static final int BURST = 64;
    private static final ValueLayout.OfShort ETHERTYPE =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int ETHERTYPE_OFFSET = 12;
    private static final short ETHERTYPE_ARP = 0x0806;

    /** A frame on its way: goes out at its time, or when {@code overtakenBy} has gone before. */
    private static final class Frame {
        final MemorySegment bytes;
        int length;
        long releaseNanos;
        long order;
        long overtakenBy;

        Frame(MemorySegment bytes) {
            this.bytes = bytes;
        }
    }

    private final PacketSocket in;
    private final PacketSocket out;
    private final long seed;
    private final Arena arena = Arena.ofShared();
    private final ArrayDeque<Frame> free = new ArrayDeque<>();
    private final ArrayDeque<Frame> held = new ArrayDeque<>();
    private final PriorityQueue<Frame> delayed =
            new PriorityQueue<>(
                    Comparator.<Frame>comparingLong(f -> f.releaseNanos)
                            .thenComparingLong(f -> f.order));
    private long number;
    private long order;
    private long lineFreeNanos;
    private long lastReleaseNanos;

    volatile Impairment impairment = Impairment.NONE;
    volatile FrameEditor editor = FrameEditor.NONE;
    volatile boolean stopping;
    final AtomicLong forwardedFrames = new AtomicLong();
    final AtomicLong droppedFrames = new AtomicLong();
    final AtomicLong darkFrames = new AtomicLong();
    final AtomicLong reorderedFrames = new AtomicLong();
    final AtomicLong duplicatedFrames = new AtomicLong();

    RelayDirection(PacketSocket in, PacketSocket out, long seed) {
        this.in = in;
        this.out = out;
        this.seed = seed;
    }

    @Override
    public void run() {
        try {
            while (!stopping) {
                in.await(waitNanos(System.nanoTime()));
                receiveBurst();
                release(System.nanoTime());
            }
        } catch (SysException e) {
            System.err.println("relay: " + e.getMessage());
        } finally {
            arena.close();
        }
    }

    private long waitNanos(long nowNanos) {
        long wait = AWAIT_NANOS_MAX;
        if (!delayed.isEmpty()) {
            wait = Math.min(wait, delayed.peek().releaseNanos - nowNanos);
        }
        if (!held.isEmpty()) {
            wait = Math.min(wait, held.peek().releaseNanos - nowNanos);
        }
        return Math.max(wait, 0);
    }

    private void receiveBurst() throws SysException {
        for (int i = 0; i < BURST; i++) {
            Frame frame = free.isEmpty() ? allocate() : free.pollFirst();
            frame.length = in.receive(frame.bytes);
            if (frame.length == 0) {
                free.addFirst(frame);
                return;
            }
            accept(frame, System.nanoTime());
        }
    }

    private void accept(Frame frame, long nowNanos) throws SysException {
        Impairment now = impairment;
        FrameFate fate = new FrameFate(seed, number);
        boolean random = !isArp(frame);
        frame.length = editor.edit(frame.bytes, frame.length, number);
        number++;
        boolean lost = random && fate.isLost(now);
        if (now.dark()) {
            darkFrames.incrementAndGet();
        }
        if (frame.length == 0 || now.dark() || lost || queueIsFull(now, nowNanos)) {
            drop(frame);
            return;
        }
        if (random && fate.isDuplicated(now)) {
            duplicatedFrames.incrementAndGet();
            Frame copy = free.isEmpty() ? allocate() : free.pollFirst();
            MemorySegment.copy(frame.bytes, 0, copy.bytes, 0, frame.length);
            copy.length = frame.length;
            schedule(copy, now, fate, nowNanos);
        }
        if (random && fate.isReordered(now)) {
            reorderedFrames.incrementAndGet();
            frame.overtakenBy = number + now.reorderFrames();
            frame.releaseNanos = nowNanos + now.delayNanos() + HELD_NANOS_MAX;
            held.addLast(frame);
            return;
        }
        schedule(frame, now, fate, nowNanos);
        while (!held.isEmpty() && held.peekFirst().overtakenBy <= number) {
            schedule(held.pollFirst(), now, fate, nowNanos);
        }
    }

    private boolean queueIsFull(Impairment now, long nowNanos) {
        double queuedBytes = Math.max(0, lineFreeNanos - nowNanos) * now.rateMbit() / 8e3;
        double limit = Math.max(QUEUE_BYTES_MIN, now.rateMbit() * 1e6 / 8 * QUEUE_SECONDS);
        return now.rateMbit() > 0 && queuedBytes > limit;
    }

    private void schedule(Frame frame, Impairment now, FrameFate fate, long nowNanos)
            throws SysException {
        long at = nowNanos;
        if (now.rateMbit() > 0) {
            long takes = (long) (frame.length * 8e3 / now.rateMbit());
            lineFreeNanos = Math.max(lineFreeNanos, nowNanos) + takes;
            at = lineFreeNanos;
        }
        at += now.delayNanos() + fate.jitterNanos(now);
        // Jitter must not reorder: that is what reorderPercent is for.
        at = Math.max(at, lastReleaseNanos);
        lastReleaseNanos = at;
        if (at - nowNanos <= 0 && delayed.isEmpty()) {
            forward(frame);
            return;
        }
        frame.releaseNanos = at;
        frame.order = order++;
        delayed.add(frame);
    }

    private void release(long nowNanos) throws SysException {
        if (impairment.dark()) {
            darkFrames.addAndGet(held.size() + delayed.size());
            held.forEach(this::drop);
            delayed.forEach(this::drop);
            held.clear();
            delayed.clear();
        }
        while (!held.isEmpty() && held.peekFirst().releaseNanos - nowNanos <= 0) {
            forward(held.pollFirst());
        }
        while (!delayed.isEmpty() && delayed.peek().releaseNanos - nowNanos <= 0) {
            forward(delayed.poll());
        }
    }

    private void forward(Frame frame) throws SysException {
        if (out.send(frame.bytes, frame.length)) {
            forwardedFrames.incrementAndGet();
            free.addFirst(frame);
        } else {
            drop(frame);
        }
    }

    private void drop(Frame frame) {
        droppedFrames.incrementAndGet();
        free.addFirst(frame);
    }

    /** Spared: one lost request costs a second, and would be what most short runs measure. */
    private static boolean isArp(Frame frame) {
        return frame.bytes.get(ETHERTYPE, ETHERTYPE_OFFSET) == ETHERTYPE_ARP;
    }

    private Frame allocate() {
        return new Frame(arena.allocate(FRAME_BYTES_MAX, 64));
    }
}
