package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.contract.BackendConfig;
import io.mptcplb.contract.ConfigFile;
import io.mptcplb.contract.CounterReader;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MetricScope;
import io.mptcplb.contract.PoolConfig;
import io.mptcplb.contract.SizeConfig;
import io.mptcplb.contract.VirtualServerConfig;
import io.mptcplb.contract.control.Command;
import io.mptcplb.contract.control.ControlCodec;
import io.mptcplb.contract.control.Event;
import io.mptcplb.contract.control.PathPriority;
import io.mptcplb.contract.control.PathSelector;
import io.mptcplb.contract.control.Reply;
import io.mptcplb.contract.control.ReplyCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The control socket in front of a worker that serves clients in memory. */
class ControlServerTest {
    private static final long PATIENCE_NANOS = 20_000_000_000L;
    private static final PathSelector PATH_B = PathSelector.ofPort("isp-b");
    private static final Command TO_BACKUP =
            new Command.SetPathPriority(PATH_B, PathPriority.BACKUP);
    private static final Command AS_CONFIGURED =
            new Command.SetPathPriority(PATH_B, PathPriority.CONFIGURED);

    private static final Command SERVER_TO_BACKUP =
            new Command.SetPathPriority(
                    new PathSelector(Optional.of("rehearsal"), Optional.empty(), Optional.empty()),
                    PathPriority.BACKUP);

    @TempDir Path parent;

    /** What a client may say without waiting, and the code that each is answered with. */
    private static ReplyCode code(int number, ByteBuffer all) {
        Command command =
                switch (number % 10) {
                    case 3 -> new Command.Drain("nobody", true);
                    case 5 -> new Command.ApplyConfig(ControlRig.config());
                    case 7 -> new Command.SetSubflowLimit("rehearsal", Optional.of(number % 9));
                    default -> number % 2 == 0 ? TO_BACKUP : AS_CONFIGURED;
                };
        // The greeting was the first frame.
        byte[] frame = ControlCodec.encode(0, 2 + number, command);
        if (number % 10 == 9) {
            ByteBuffer.wrap(frame).putShort(Integer.BYTES, (short) 999);
        }
        all.put(frame);
        return switch (number % 10) {
            case 3 -> ReplyCode.UNKNOWN_NAME;
            case 9 -> ReplyCode.INVALID;
            default -> ReplyCode.OK;
        };
    }

    @Test
    void commands_withoutWaiting_answeredInOrder_refusalsInTheirPlaces() throws Exception {
        try (ControlRig rig = new ControlRig(parent).running();
                ControlProbe probe = ControlProbe.greeted(rig.socket)) {
            ByteBuffer all = ByteBuffer.allocate(1 << 20);
            List<ReplyCode> expected = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                expected.add(code(i, all));
            }
            probe.write(Arrays.copyOf(all.array(), all.position()));
            for (int i = 0; i < expected.size(); i++) {
                Reply reply = probe.reply();
                assertEquals(2 + i, reply.request());
                assertEquals(expected.get(i), reply.code(), i + ": " + reply.text());
            }
        }
    }

    /** Its answer must not wait for the next thing to happen: nothing does here. */
    @Test
    @Timeout(10) // a server that sleeps over it takes 20 s
    void commands_carriedOutBeforeTheServerSleeps_areAnswered() throws Exception {
        try (ControlRig rig = new ControlRig(parent).workingWhenWoken();
                ControlProbe probe = ControlProbe.greeted(rig.socket)) {
            for (int i = 0; i < 40; i++) {
                probe.ok(i % 2 == 0 ? TO_BACKUP : AS_CONFIGURED);
            }
        }
    }

    @Test
    void connections_liveAndInASnapshot_areTold() throws Exception {
        try (ControlRig rig = new ControlRig(parent).running();
                ControlProbe first = ControlProbe.synced(rig.socket)) {
            rig.open(1, true, 1L << 40);
            Event.ConnectionOpened opened = first.await(Event.ConnectionOpened.class);
            assertEquals("rehearsal", opened.virtualServer());
            assertEquals(IpAddress.parse("192.0.2.10"), opened.client());
            assertEquals(1, opened.offeredVersion());
            Event.SubflowOpened joined =
                    first.await(Event.SubflowOpened.class, s -> s.port().equals("isp-b"));
            assertEquals(IpAddress.parse("198.51.100.10"), joined.remote());
            assertEquals(opened.connection(), joined.connection());
            first.await(Event.BackendChosen.class);
            try (ControlProbe second = ControlProbe.greeted(rig.socket)) {
                List<Event> now = second.snapshot();
                assertEquals(ControlRig.EPOCH, second.epoch());
                assertEquals(3, count(now, Event.PortLink.class));
                assertEquals(1, count(now, Event.ConnectionOpened.class));
                assertEquals(2, count(now, Event.SubflowOpened.class));
                assertEquals(1, now.stream().filter(e -> e instanceof Event.BackendChosen).count());
            }
        }
    }

    @Test
    void pathPriority_set_reachesTheSubflowAndEveryClient() throws Exception {
        try (ControlRig rig = new ControlRig(parent).running();
                ControlProbe watching = ControlProbe.synced(rig.socket);
                ControlProbe commanding = ControlProbe.greeted(rig.socket)) {
            rig.open(1, true, 1L << 40);
            watching.await(Event.SubflowOpened.class, s -> s.port().equals("isp-b"));
            commanding.ok(TO_BACKUP);
            watching.await(Event.PathRule.class, r -> r.priority() == PathPriority.BACKUP);
            assertTrue(watching.await(Event.SubflowPriority.class).backupByUs());
            watching.await(Event.PolicySettled.class);
            assertEquals(1, count(commanding.snapshot(), Event.PathRule.class));
        }
    }

    @Test
    void drain_set_toldToAllAndInSnapshots_endsWithTheName() throws Exception {
        Event.Draining draining = new Event.Draining("rehearsal", true);
        try (ControlRig rig = new ControlRig(parent).running();
                ControlProbe watching = ControlProbe.synced(rig.socket);
                ControlProbe commanding = ControlProbe.greeted(rig.socket)) {
            commanding.ok(new Command.Drain("rehearsal", true));
            assertEquals(draining, watching.await(Event.Draining.class));
            assertTrue(commanding.snapshot().contains(draining));

            LbConfig now = ControlRig.config();
            LbConfig without =
                    new LbConfig(
                            2,
                            now.workers(),
                            now.buffers(),
                            now.sizes(),
                            now.ports(),
                            List.of(),
                            now.pools());
            commanding.ok(SERVER_TO_BACKUP);
            commanding.ok(new Command.ApplyConfig(without));
            assertEquals(
                    new Event.Draining("rehearsal", false), watching.await(Event.Draining.class));
            watching.await(Event.PathRule.class, r -> r.priority() == PathPriority.CONFIGURED);
            assertEquals(0, count(commanding.snapshot(), Event.Draining.class));
        }
    }

    @Test
    void config_applied_keptCountedAndTold() throws Exception {
        try (ControlRig rig = new ControlRig(parent).running();
                ControlProbe probe = ControlProbe.synced(rig.socket);
                CounterReader before = CounterReader.open(rig.counters)) {
            rig.open(1, false, 1L << 40);
            probe.await(Event.BackendChosen.class);
            long opened = before.value(Metric.SESSIONS_OPENED);
            LbConfig next = withServer(ControlRig.config(), "second", 2);
            probe.ok(new Command.ApplyConfig(next));
            assertEquals(2, probe.await(Event.ConfigApplied.class).generation());
            assertEquals(next, ConfigFile.read(rig.configLast));
            assertEquals("rw-r-----", mode(rig.configLast));
            assertEquals("rw-r-----", mode(rig.counters));
            assertTrue(before.isReplaced());
            try (CounterReader after = CounterReader.open(rig.counters)) {
                assertEquals(
                        List.of("rehearsal", "second"), after.names(MetricScope.VIRTUAL_SERVER));
                assertEquals(before.random(), after.random());
                assertEquals(before.startUnixNanos(), after.startUnixNanos());
                assertTrue(after.value(Metric.SESSIONS_OPENED) >= opened, "a counter fell");
                assertEquals(2, after.value(Metric.CONFIG_GENERATION));
            }
            probe.ok(new Command.ApplyConfig(next));
            assertEquals(List.of(), rig.log);
        }
    }

    @Test
    void config_refused_changesNothing() throws Exception {
        try (ControlRig rig = new ControlRig(parent).running();
                ControlProbe probe = ControlProbe.greeted(rig.socket)) {
            LbConfig now = ControlRig.config();
            SizeConfig sizes = new SizeConfig(65, 64, 64, 16);
            LbConfig bigger =
                    new LbConfig(
                            2,
                            now.workers(),
                            now.buffers(),
                            sizes,
                            now.ports(),
                            now.virtualServers(),
                            now.pools());
            Reply restart = probe.command(new Command.ApplyConfig(bigger));
            assertEquals(ReplyCode.RESTART_REQUIRED, restart.code());
            assertTrue(restart.text().startsWith("sizes.maxConnections: "), restart.text());
            Reply stale = probe.command(new Command.ApplyConfig(withServer(now, "second", 0)));
            assertEquals(ReplyCode.STALE, stale.code());
            Reply unknown = probe.command(new Command.Drain("nobody", true));
            assertEquals(ReplyCode.UNKNOWN_NAME, unknown.code());
            assertEquals(now, ConfigFile.read(rig.configLast));
            await(() -> rig.figures.commandsRefused() == 3);
        }
    }

    @Test
    void diskFails_isToldAndChangesNothing() throws Exception {
        try (ControlRig rig = new ControlRig(parent).running();
                ControlProbe probe = ControlProbe.greeted(rig.socket)) {
            Files.delete(rig.configLast);
            Files.createDirectories(rig.configLast.resolve("in-the-way"));
            LbConfig next = withServer(ControlRig.config(), "second", 2);
            Reply failed = probe.command(new Command.ApplyConfig(next));
            assertEquals(ReplyCode.FAILED, failed.code(), failed.text());
            assertEquals(1, ((Event.SnapshotBegin) begin(probe)).generation());
            try (CounterReader reader = CounterReader.open(rig.counters);
                    var files = Files.list(rig.directory)) {
                assertEquals(List.of("rehearsal"), reader.names(MetricScope.VIRTUAL_SERVER));
                assertEquals(
                        List.of("config.last", "control.sock", "counters"),
                        files.map(file -> file.getFileName().toString()).sorted().toList());
            }
        }
    }

    @Test
    void endpoints_applied_serveTheNextProcessToo() throws Exception {
        try (ControlRig rig = new ControlRig(parent).running();
                ControlProbe probe = ControlProbe.greeted(rig.socket)) {
            PoolConfig pool = ControlRig.config().pools().getFirst();
            BackendConfig other = new BackendConfig("c", IpAddress.parse("203.0.113.11"), 8_080, 1);
            PoolConfig changed = new PoolConfig(pool.name(), pool.balance(), List.of(other));
            probe.ok(new Command.ApplyEndpoints(List.of(changed)));
            LbConfig kept = ConfigFile.read(rig.configLast);
            assertEquals(List.of(changed), kept.pools());
            assertEquals(ControlRig.config().generation(), kept.generation());
            try (CounterReader reader = CounterReader.open(rig.counters)) {
                assertEquals(List.of("pool/c"), reader.names(MetricScope.BACKEND));
            }
        }
    }

    @Test
    void fifthClient_isToldThatThereIsNoRoom() throws Exception {
        try (ControlRig rig = new ControlRig(parent).running()) {
            List<ControlProbe> probes = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                probes.add(ControlProbe.greeted(rig.socket));
            }
            try (ControlProbe fifth = ControlProbe.connect(rig.socket)) {
                assertEquals(ReplyCode.FULL, fifth.reply().code());
                fifth.awaitEnd();
            }
            assertEquals(1, rig.figures.refused());
            probes.getFirst().close();
            await(() -> rig.figures.clients() == 3);
            probes.add(ControlProbe.greeted(rig.socket));
            for (ControlProbe probe : probes) {
                probe.close();
            }
        }
    }

    @Test
    void invalidField_isTold_andTheConnectionLives() throws Exception {
        try (ControlRig rig = new ControlRig(parent).running();
                ControlProbe probe = ControlProbe.greeted(rig.socket)) {
            byte[] drain = ControlCodec.encode(0, 2, new Command.Drain("rehearsal", true));
            drain[drain.length - 1] = 2;
            probe.write(drain);
            Reply refused = probe.reply();
            assertEquals(ReplyCode.INVALID, refused.code());
            assertEquals("drain.draining: 2 is neither 0 nor 1", refused.text());
            assertEquals(2, refused.request());
            assertEquals(1, rig.figures.invalid());
        }
    }

    @Test
    void strangers_areToldWhatIsWrong_andHungUpOn() throws Exception {
        try (ControlRig rig = new ControlRig(parent).running()) {
            byte[] long0 = new byte[24];
            assertEquals("frame.length: 0 is not in 24 to 1048576", dismissal(rig, long0).text());
            byte[] early = ControlCodec.encode(0, 1, AS_CONFIGURED);
            assertEquals("hello: must come first", dismissal(rig, early).text());
            byte[] event = ControlCodec.encode(0, 1, new Event.Overrun(1));
            assertEquals("frame.type: 130 is no command", dismissal(rig, event).text());
            Reply version =
                    dismissal(rig, ControlCodec.encode(0, 1, new Command.Hello(9, "probe")));
            assertEquals(ReplyCode.VERSION, version.code());
            assertEquals("hello.version: 9, this program speaks 1", version.text());
            assertEquals(3, rig.figures.invalid());
            try (ControlProbe half = ControlProbe.greeted(rig.socket)) {
                half.write(Arrays.copyOf(early, early.length - 1));
            }
            await(() -> rig.figures.invalid() == 4);
            await(() -> rig.figures.clients() == 0);
        }
    }

    @Test
    void mutatedStreams_neverHarmTheServer() throws Exception {
        byte[] stream = validStream();
        try (ControlRig rig = new ControlRig(parent).running();
                ControlProbe good = ControlProbe.synced(rig.socket)) {
            for (int seed = 0; seed < 300; seed++) {
                SplittableRandom random = new SplittableRandom(seed);
                byte[] input = stream.clone();
                for (int i = random.nextInt(1, 4); i > 0; i--) {
                    input[random.nextInt(input.length)] = (byte) random.nextInt(256);
                }
                await(() -> rig.figures.clients() < 3);
                try (ControlProbe bad = ControlProbe.connect(rig.socket)) {
                    bad.write(Arrays.copyOf(input, random.nextInt(input.length)));
                    bad.finish();
                } catch (IOException e) {
                    // it was hung up on before all was said
                }
            }
            await(() -> rig.figures.clients() == 1);
            good.ok(AS_CONFIGURED);
            assertTrue(rig.figures.invalid() > 100, "only " + rig.figures.invalid());
            assertEquals(List.of(), rig.log);
        }
    }

    @Test
    void clientThatNeverReads_losesEventsAndIsTold() throws Exception {
        try (ControlRig rig = new ControlRig(parent).running();
                ControlProbe deaf = ControlProbe.synced(rig.socket);
                ControlProbe commanding = ControlProbe.greeted(rig.socket)) {
            long deadlineNanos = System.nanoTime() + 2 * PATIENCE_NANOS;
            while (rig.figures.overruns() == 0 && System.nanoTime() - deadlineNanos < 0) {
                for (int i = 0; i < 100; i++) {
                    commanding.send(i % 2 == 0 ? TO_BACKUP : AS_CONFIGURED);
                }
                for (int i = 0; i < 100; i++) {
                    assertEquals(ReplyCode.OK, commanding.reply().code());
                }
            }
            assertEquals(1, rig.figures.overruns());
            commanding.ok(AS_CONFIGURED);
            deaf.await(Event.Overrun.class);
            assertEquals(0, count(deaf.snapshot(), Event.PathRule.class));
            commanding.ok(TO_BACKUP);
            deaf.await(Event.PathRule.class);
        }
    }

    @Test
    void answersLeftUnread_stopTheClientNotTheServer() throws Exception {
        try (ControlRig rig = new ControlRig(parent).running();
                ControlProbe other = ControlProbe.greeted(rig.socket)) {
            ControlProbe deaf = ControlProbe.greeted(rig.socket);
            byte[] hello =
                    ControlCodec.encode(0, 1, new Command.Hello(Command.Hello.VERSION, "probe"));
            ByteBuffer many = ByteBuffer.allocate(hello.length * 60_000);
            while (many.hasRemaining()) {
                many.put(hello);
            }
            Thread writer = Thread.ofPlatform().daemon().start(() -> writeAll(deaf, many.array()));
            await(() -> !writer.isAlive() || rig.figures.commands() > 10_000);
            long before = -1;
            while (before != rig.figures.commands()) {
                before = rig.figures.commands();
                other.ok(AS_CONFIGURED);
                other.ok(TO_BACKUP);
                before += 2;
            }
            assertTrue(rig.figures.commands() < 60_000, "it was read on");
            deaf.close();
            writer.join();
        }
    }

    private static void writeAll(ControlProbe to, byte[] bytes) {
        assertThrows(IOException.class, () -> to.write(bytes));
    }

    @Test
    void ringTooSmall_everybodyIsToldToAskAgain() throws Exception {
        try (ControlRig rig = new ControlRig(parent);
                ControlProbe probe = rig.syncedByHand()) {
            rig.overflowRing();
            assertTrue(probe.await(Event.Overrun.class).events() > 0);
        }
    }

    @Test
    void socket_isOursAndTheGroups() throws Exception {
        try (ControlRig rig = new ControlRig(parent)) {
            assertEquals("rwxr-x---", mode(rig.directory));
            assertEquals("rw-rw----", mode(rig.socket));
        }
        assertFalse(Files.exists(parent.resolve("state/control.sock")));
    }

    /** What is in force stays until the end; the next process finds the other one. */
    @Test
    void restart_isKeptForTheNextProcess_andAskedForOnce(@TempDir Path parent) throws Exception {
        try (ControlRig rig = new ControlRig(parent).running();
                ControlProbe probe = ControlProbe.greeted(rig.socket)) {
            LbConfig now = ControlRig.config();
            LbConfig older = withServer(now, "other", now.generation());
            probe.ok(new Command.ApplyConfig(withServer(now, "more", now.generation() + 2)));
            assertEquals(ReplyCode.STALE, probe.command(new Command.Restart(older)).code());
            assertEquals(0, rig.restarts.get());
            LbConfig next = withServer(now, "next", now.generation() + 3);
            probe.ok(new Command.Restart(next));
            probe.awaitEnd();
            assertEquals(next, ConfigFile.read(rig.configLast));
            await(() -> rig.restarts.get() == 1);
        }
    }

    private static byte[] validStream() {
        List<Command> commands =
                List.of(
                        new Command.Hello(Command.Hello.VERSION, "fuzz"),
                        new Command.Resync(),
                        AS_CONFIGURED,
                        new Command.Drain("rehearsal", false),
                        new Command.ApplyEndpoints(ControlRig.config().pools()),
                        new Command.ApplyConfig(ControlRig.config()));
        ByteBuffer all = ByteBuffer.allocate(1 << 16);
        for (int i = 0; i < commands.size(); i++) {
            all.put(ControlCodec.encode(0, i + 1, commands.get(i)));
        }
        return Arrays.copyOf(all.array(), all.position());
    }

    private static Reply dismissal(ControlRig rig, byte[] bytes) throws Exception {
        try (ControlProbe probe = ControlProbe.connect(rig.socket)) {
            probe.write(bytes);
            Reply reply = probe.reply();
            probe.awaitEnd();
            return reply;
        }
    }

    private static Event begin(ControlProbe probe) throws Exception {
        probe.ok(new Command.Resync());
        return probe.event();
    }

    private static LbConfig withServer(LbConfig config, String name, long generation) {
        VirtualServerConfig first = config.virtualServers().getFirst();
        List<VirtualServerConfig> servers = new ArrayList<>(config.virtualServers());
        servers.add(
                new VirtualServerConfig(
                        name,
                        first.addresses(),
                        first.port() + 1,
                        first.pool(),
                        first.mptcp(),
                        first.timeouts(),
                        first.maxConnections()));
        return new LbConfig(
                generation,
                config.workers(),
                config.buffers(),
                config.sizes(),
                config.ports(),
                servers,
                config.pools());
    }

    private static String mode(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static long count(List<Event> events, Class<? extends Event> kind) {
        return events.stream().filter(kind::isInstance).count();
    }

    private static void await(BooleanSupplier holds) {
        long deadlineNanos = System.nanoTime() + PATIENCE_NANOS;
        while (!holds.getAsBoolean()) {
            assertTrue(System.nanoTime() - deadlineNanos < 0, "it does not come true");
            Thread.onSpinWait();
        }
    }
}
