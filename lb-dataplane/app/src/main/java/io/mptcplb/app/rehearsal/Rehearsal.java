package io.mptcplb.app.rehearsal;

import io.mptcplb.contract.IpAddress;
import io.mptcplb.stack.mptcp.MptcpConnection;
import io.mptcplb.stack.mptcp.MptcpCrypto;
import io.mptcplb.stack.random.ChaChaKeySource;
import io.mptcplb.stack.random.KeySource;
import io.mptcplb.stack.random.Prng;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A client with two addresses, a load balancer and a backend, joined by the cables of a {@link
 * Cabling}:
 *
 * <pre>
 *    client              box              backend
 *  0 192.0.2.10    --- 0 192.0.2.1
 *                      2 203.0.113.1 --- 0 203.0.113.10
 *  1 198.51.100.10 --- 1 198.51.100.1
 * </pre>
 */
public final class Rehearsal implements AutoCloseable {
    private static final long STEP_NANOS = 100_000L;
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final long SCENE_NANOS = 60 * SECOND_NANOS;
    private static final int ADDRESS_BOX = IpAddress.parse("192.0.2.1").v4();

    /** One frame in so many is lost where a scene wants loss, and one comes twice. */
    private static final int LOSS = 100;

    /** Where path 2 lags, it carries at every so manieth moment. */
    private static final int PATH2_LAG = 5;

    private static final Scene[] SCENES = Scene.values();

    private final Cabling cabling;
    private final IntSupplier copiesOnPath1 = this::copies;
    private final IntSupplier copiesOnPath2 = this::copiesUnlessDark;
    private final Prng prng = new Prng(1);
    private final RehearsalHost client;
    private final RehearsalHost backend;
    private final RehearsalBox box;
    private final List<RehearsalPeer> servers = new ArrayList<>();
    private final List<MptcpConnection> joining = new ArrayList<>();
    private final WorkerClock clock = WorkerClock.shown();
    private long nowNanos;
    private long serverBytes;
    private boolean lossy;
    private boolean takingTurns;
    private boolean dark;

    /** Connections end before their joins come to anything: path 2 lags behind. */
    private boolean hasty;

    private int moments;
    private IntSupplier boxCycle;

    /** With one worker. */
    public Rehearsal(Cabling cabling) {
        this(cabling, 1, 0);
    }

    /**
     * @param cabling which closes with the rehearsal
     * @param workers of the box, 1 or 2
     * @param first the number of the one at which all frames arrive
     */
    public Rehearsal(Cabling cabling, int workers, int first) {
        this.cabling = cabling;
        KeySource keys = new ChaChaKeySource(new byte[ChaChaKeySource.SEED_BYTES]);
        client =
                new RehearsalHost(
                        cabling.pool(),
                        keys,
                        nowNanos,
                        List.of(cabling.farEnd(0), cabling.farEnd(1)),
                        IpAddress.parse("192.0.2.10").v4(),
                        IpAddress.parse("198.51.100.10").v4());
        backend =
                new RehearsalHost(
                        cabling.pool(),
                        keys,
                        nowNanos,
                        List.of(cabling.farEnd(2)),
                        IpAddress.parse("203.0.113.10").v4());
        box = new RehearsalBox(cabling, workers, first, keys, nowNanos);
        boxCycle = () -> box.cycle(nowNanos);
        backend.listen(
                RehearsalBox.BACKEND_PORT,
                (stream, listener, acceptedNanos) -> {
                    RehearsalPeer peer =
                            new RehearsalPeer(
                                    backend.buffers(), serverBytes, takingTurns ? 0 : serverBytes);
                    servers.add(peer);
                    peer.use(stream, acceptedNanos);
                });
    }

    /** Plays every scene, one after the other, as far as they come to their ends. */
    public Outcome playAll() {
        int scenes = 0;
        for (Scene scene : SCENES) {
            if (!play(scene)) {
                return new Outcome(scenes, box.frames(), scene.name());
            }
            scenes++;
        }
        return new Outcome(scenes, box.frames(), null);
    }

    /** Has somebody else do the box's duty cycle: it returns the work done. */
    public void driveBox(IntSupplier cycle) {
        boxCycle = cycle;
    }

    /**
     * What came of a rehearsal.
     *
     * @param scenes played to their end
     * @param frames that the box took in
     * @param failed the scene that did not come to its end, null when all did
     */
    public record Outcome(int scenes, long frames, @Nullable String failed) {
        /** Of this one and the one after it. */
        public Outcome and(Outcome next) {
            return new Outcome(scenes + next.scenes, frames + next.frames, next.failed);
        }
    }

    /** Plays one scene to its end; false when it did not come to one. */
    boolean play(Scene scene) {
        long deadlineNanos = nowNanos + SCENE_NANOS;
        meetDigests();
        lossy = scene.lossy;
        takingTurns = scene.exchangeBytes > 0;
        hasty = scene.hasty();
        List<RehearsalPeer> clients = new ArrayList<>();
        for (int i = 0; i < scene.connections; i++) {
            RehearsalPeer peer =
                    new RehearsalPeer(
                            client.buffers(),
                            scene.upBytes,
                            takingTurns ? scene.exchangeBytes : scene.upBytes);
            if (scene.slow) {
                peer.readSlowly();
            }
            clients.add(peer);
            if (!open(peer, scene.multipath, scene.downBytes)) {
                return false;
            }
        }
        boolean ended = run(scene, clients, deadlineNanos);
        joining.clear();
        hasty = false;
        lossy = false;
        dark = false;
        boolean clientsSettled = settle(clients, deadlineNanos);
        boolean serversSettled = settle(servers, deadlineNanos);
        servers.clear();
        boolean boxSettled = settleBox(deadlineNanos);
        return ended && clientsSettled && serversSettled && boxSettled && box.openSessions() == 0;
    }

    /**
     * A digest's first use makes what it needs, and SHA-256 is not the only digest of a process:
     * what is compiled here must have seen both.
     */
    private static void meetDigests() {
        new MptcpCrypto().hashKey(1);
        new SecureRandom().nextInt();
    }

    /**
     * Opens a connection, MPTCP over both paths or plain TCP; false when there is no way or no
     * room.
     *
     * @param peer the client's end
     * @param answerBytes what the backend sends on it
     */
    public boolean open(RehearsalPeer peer, boolean multipath, long answerBytes) {
        serverBytes = answerBytes;
        if (!multipath) {
            return client.connect(peer, ADDRESS_BOX, RehearsalBox.SERVICE_PORT, nowNanos);
        }
        MptcpConnection connection =
                client.connectMultipath(peer, ADDRESS_BOX, RehearsalBox.SERVICE_PORT, nowNanos);
        if (connection == null) {
            return false;
        }
        if (hasty) {
            joining.add(connection);
            return true;
        }
        // A SYN or its answer may be lost more than once, a second and more each time.
        long untilNanos = nowNanos + 10 * SECOND_NANOS;
        while (!client.join(connection, nowNanos) && nowNanos - untilNanos < 0) {
            step();
        }
        return nowNanos - untilNanos < 0;
    }

    /** An application at the client's end, which sends so many bytes. */
    public RehearsalPeer newPeer(long sendBytes) {
        return new RehearsalPeer(client.buffers(), sendBytes);
    }

    private boolean run(Scene scene, List<RehearsalPeer> clients, long deadlineNanos) {
        boolean incident = scene.incident == Scene.Incident.NONE;
        long healNanos = Long.MAX_VALUE;
        while (!allEnded(clients) || !allEnded(servers) || box.openSessions() > 0) {
            if (nowNanos - deadlineNanos >= 0) {
                return false;
            }
            if (!incident && clients.getFirst().receivedBytes() > scene.downBytes / 4) {
                incident = true;
                healNanos = nowNanos + SECOND_NANOS;
                happen(scene.incident, clients.getFirst());
            }
            if (nowNanos - healNanos >= 0) {
                dark = false;
            }
            if (scene.slow) {
                clients.forEach(peer -> peer.read(nowNanos));
            }
            joining.removeIf(connection -> client.join(connection, nowNanos));
            step();
        }
        return incident;
    }

    private void happen(Scene.Incident incident, RehearsalPeer peer) {
        switch (incident) {
            case PATH_DARK -> dark = true;
            case CLIENT_ABORTS -> peer.abort(nowNanos);
            case BACKEND_ABORTS -> servers.getLast().abort(nowNanos);
            case NONE -> {}
        }
    }

    private static boolean allEnded(List<RehearsalPeer> peers) {
        for (RehearsalPeer peer : peers) {
            if (peer.cause() == null) {
                return false;
            }
        }
        return true;
    }

    /** A connection that has ended may have a subflow that still waits for its last ACKs. */
    private boolean settle(List<RehearsalPeer> peers, long deadlineNanos) {
        for (RehearsalPeer peer : peers) {
            while (peer.cause() == null || !peer.dispose()) {
                if (nowNanos - deadlineNanos >= 0) {
                    return false;
                }
                step();
            }
        }
        return true;
    }

    /** A connection whose session has ended may still hold what came twice. */
    private boolean settleBox(long deadlineNanos) {
        while (box.held() > 0) {
            if (nowNanos - deadlineNanos >= 0) {
                return false;
            }
            step();
        }
        return true;
    }

    /** One moment: every machine's duty cycle, then every cable. */
    void step() {
        int work = boxCycle.getAsInt() + stepAround();
        if (work == 0) {
            long next =
                    Math.min(
                            box.nextDeadlineNanos(),
                            Math.min(client.nextDeadlineNanos(), backend.nextDeadlineNanos()));
            // A dark path and a scene's end are looked at often enough, whatever sleeps.
            advanceTo(Math.clamp(next, nowNanos, nowNanos + SECOND_NANOS / 10));
        }
    }

    /**
     * One moment of all but the box's first worker, which somebody else drives; returns the work
     * done.
     */
    public int stepAround() {
        int work = box.cycleOfOther(nowNanos);
        work += client.cycle(nowNanos) + backend.cycle(nowNanos);
        cabling.carry(0, copiesOnPath1);
        if (!hasty || ++moments % PATH2_LAG == 0) {
            cabling.carry(1, copiesOnPath2);
        }
        cabling.carry(2, copiesOnPath1);
        advanceTo(nowNanos + STEP_NANOS);
        return work;
    }

    private void advanceTo(long nanos) {
        nowNanos = nanos;
        clock.show(nanos);
    }

    private int copies() {
        if (!lossy) {
            return 1;
        }
        if (prng.chance(1, LOSS)) {
            return 0;
        }
        return prng.chance(1, LOSS) ? 2 : 1;
    }

    private int copiesUnlessDark() {
        return dark ? 0 : copies();
    }

    /** From now on one frame in a hundred is lost, or none. */
    public void lossy(boolean on) {
        lossy = on;
    }

    /** The time inside, for a worker. */
    public WorkerClock clock() {
        return clock;
    }

    /** The time inside. */
    public long nowNanos() {
        return nowNanos;
    }

    public RehearsalBox box() {
        return box;
    }

    @Override
    public void close() {
        box.close(nowNanos);
        client.close();
        backend.close();
        cabling.close();
    }
}
