package io.mptcplb.bench.demo;

import io.mptcplb.bench.lab.InterfaceCounters;
import io.mptcplb.bench.lab.Lab;
import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabPath;
import io.mptcplb.bench.load.ConnectionResult;
import io.mptcplb.bench.load.LoadClient;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One direction: starts the transfer, cuts path 2 when it has carried its share with data on it,
 * heals it, and looks at everything every 250 ms until the end.
 */
final class Transfer {
    static final long DARK_NANOS_MIN = 3_000_000_000L;

    private static final long TICK_NANOS = 250_000_000;
    private static final long DARK_NANOS = DARK_NANOS_MIN + 100_000_000;
    private static final double CUT_AT_SHARE = 0.3;
    private static final long QUIET_NANOS = 1_000_000_000;
    private static final long MOVING_BYTES = 50_000;
    private static final Duration STALL_LIMIT = Duration.ofSeconds(20);

    /** What path 2 goes through. */
    enum Phase {
        BOTH,
        DARK,
        BACK
    }

    private final Lab lab;
    private final PathMeter meter;
    private final Direction direction;
    private final long bytes;
    private final LabPath faulty;
    private final List<String> events = new ArrayList<>();
    private final PathSample[] first = new PathSample[2];
    private final PathSample[] now = new PathSample[2];
    private final PathSample[] before = new PathSample[2];
    private final InterfaceCounters[] wireFirst = new InterfaceCounters[2];
    private final InterfaceCounters[] wireLast = new InterfaceCounters[2];
    private final double[] mbps = new double[2];
    private final long[] movedNanos = new long[2];
    private Phase phase = Phase.BOTH;
    private long startNanos;
    private long tickNanos;
    private long cutNanos;
    private long darkNanos;
    private long darkFrames;
    private long bytesAtHeal;
    private boolean carriesAgain;

    Transfer(Lab lab, PathMeter meter, Direction direction, long bytes) {
        this.lab = lab;
        this.meter = meter;
        this.direction = direction;
        this.bytes = bytes;
        faulty = lab.path(2);
    }

    /** Runs it to its end; {@code onTick} is called about every 250 ms. */
    LoadReport run(Runnable onTick) throws IOException, InterruptedException {
        for (int i = 0; i < 2; i++) {
            first[i] = meter.sample(i + 1);
            now[i] = first[i];
            before[i] = first[i];
            wireFirst[i] = lab.client().interfaceCounters("c" + (i + 1));
            wireLast[i] = wireFirst[i];
            movedNanos[i] = System.nanoTime();
        }
        startNanos = System.nanoTime();
        tickNanos = startNanos;
        FutureTask<LoadReport> transfer = new FutureTask<>(this::transfer);
        Thread.ofPlatform().name("demo-" + direction.text).daemon().start(transfer);
        while (true) {
            LoadReport report = await(transfer);
            look(report != null);
            onTick.run();
            if (report != null) {
                heal();
                return report;
            }
        }
    }

    Direction direction() {
        return direction;
    }

    Phase phase() {
        return phase;
    }

    List<String> events() {
        return events;
    }

    long elapsedNanos() {
        return tickNanos - startNanos;
    }

    long bytes() {
        return bytes;
    }

    PathSample sample(int path) {
        return now[path - 1];
    }

    /** What the box says of a path, or {@code quiet} where it has carried nothing for a second. */
    String state(int path) {
        boolean quiet = tickNanos - movedNanos[path - 1] > QUIET_NANOS;
        String state = now[path - 1].state();
        return quiet && state.equals("active") ? "quiet" : state;
    }

    /** Payload of this direction on a path since the transfer began. */
    long pathBytes(int path) {
        return now[path - 1].bytes(direction) - first[path - 1].bytes(direction);
    }

    /**
     * The same as the client's interface counted it: whole frames, with all that was sent again.
     */
    long wireBytes(int path) {
        InterfaceCounters last = wireLast[path - 1];
        InterfaceCounters begin = wireFirst[path - 1];
        return direction.isUp()
                ? last.txBytes() - begin.txBytes()
                : last.rxBytes() - begin.rxBytes();
    }

    long retransmissions(int path) {
        return now[path - 1].retransmissions() - first[path - 1].retransmissions();
    }

    double mbps(int path) {
        return mbps[path - 1];
    }

    /** How long path 2 was dark; 0 if it never was. */
    long darkNanos() {
        return darkNanos;
    }

    /** Frames of this direction that path 2 swallowed. */
    long darkFrames() {
        return darkFrames;
    }

    /** What path 2 has carried since it was healed. */
    long bytesSinceHeal() {
        return phase == Phase.BACK ? pathBytes(2) - bytesAtHeal : 0;
    }

    private LoadReport transfer() throws Exception {
        LoadPlan plan =
                direction.isUp()
                        ? LoadPlan.upload(LabAddresses.service(), bytes)
                        : LoadPlan.download(LabAddresses.service(), bytes);
        plan.seed(direction.isUp() ? 1 : 2).stallLimit(STALL_LIMIT);
        return lab.client().call(() -> LoadClient.run(plan));
    }

    private static @org.jspecify.annotations.Nullable LoadReport await(
            FutureTask<LoadReport> transfer) throws IOException, InterruptedException {
        try {
            return transfer.get(TICK_NANOS, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return null;
        } catch (ExecutionException e) {
            throw new IOException("the load client failed", e.getCause());
        }
    }

    private void look(boolean ended) throws IOException {
        long nowNanos = System.nanoTime();
        long wireBefore = wireBytes(2);
        for (int i = 0; i < 2; i++) {
            before[i] = now[i];
            now[i] = meter.sample(i + 1);
            long moved = now[i].bytes(direction) - before[i].bytes(direction);
            mbps[i] = moved * 8e3 / (nowNanos - tickNanos);
            movedNanos[i] = moved > 0 ? nowNanos : movedNanos[i];
            wireLast[i] = lab.client().interfaceCounters("c" + (i + 1));
        }
        tickNanos = nowNanos;
        if (!ended) {
            step(wireBytes(2) - wireBefore >= MOVING_BYTES);
        }
    }

    /** What happens when is decided by the wire alone: the box may be wrong, or have no figures. */
    private void step(boolean wireMoves) throws IOException {
        switch (phase) {
            case BOTH -> {
                if (wireMoves && wireBytes(1) + wireBytes(2) > bytes * CUT_AT_SHARE) {
                    cut();
                }
            }
            case DARK -> {
                if (System.nanoTime() - cutNanos >= DARK_NANOS) {
                    heal();
                }
            }
            case BACK -> {
                if (!carriesAgain && wireMoves) {
                    carriesAgain = true;
                    event("path 2 carries again");
                }
            }
        }
    }

    private void cut() throws IOException {
        cutNanos = System.nanoTime();
        faulty.blackhole();
        phase = Phase.DARK;
        event("path 2 goes dark, both ways, without a word");
    }

    private void heal() throws IOException {
        if (phase != Phase.DARK) {
            return;
        }
        darkFrames = faulty.darkFrames(direction.isUp());
        faulty.heal();
        darkNanos = System.nanoTime() - cutNanos;
        bytesAtHeal = pathBytes(2);
        phase = Phase.BACK;
        event("path 2 is back; the dark swallowed " + darkFrames + " frames");
    }

    private void event(String text) {
        events.add(
                String.format(
                        Locale.ROOT, "%5.1f s  %s", (System.nanoTime() - startNanos) / 1e9, text));
    }

    /** The one connection of the report, as both ends saw it. */
    static ConnectionResult connection(LoadReport report) {
        return report.bulk().getFirst();
    }
}
