package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.contract.AdvertiseConfig;
import io.mptcplb.contract.BufferConfig;
import io.mptcplb.contract.ConfigFile;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.IpPrefix;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.PoolConfig;
import io.mptcplb.contract.SizeConfig;
import io.mptcplb.contract.VirtualServerConfig;
import io.mptcplb.contract.WorkerConfig;
import io.mptcplb.contract.control.Command;
import io.mptcplb.contract.control.ControlCodec;
import io.mptcplb.contract.control.Event;
import io.mptcplb.contract.control.PathPriority;
import io.mptcplb.contract.control.PathSelector;
import io.mptcplb.contract.control.Reply;
import io.mptcplb.contract.control.ReplyCode;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One wrong frame after another on one connection to a serving box: each is answered with field and
 * rule, counted, and changes nothing.
 */
class ControlRefusalsTest {
    private static final String SERVER = "rehearsal";
    private static final int TYPE_AT = Integer.BYTES;
    private static final int HEADER_BYTES = 24;

    @TempDir Path parent;
    private ControlRig rig;
    private ControlProbe probe;
    private long frames = 1;
    private long refusals;

    @BeforeEach
    void connect() throws Exception {
        rig = new ControlRig(parent).running();
        probe = ControlProbe.greeted(rig.socket);
    }

    @AfterEach
    void nothingHasChanged() throws Exception {
        assertEquals(ControlRig.config(), ConfigFile.read(rig.configLast));
        try (ControlProbe other = ControlProbe.greeted(rig.socket)) {
            List<Event> now = other.snapshot();
            assertTrue(
                    now.stream().allMatch(Event.PortLink.class::isInstance), () -> "set: " + now);
        }
        probe.close();
        rig.close();
    }

    private void refused(ReplyCode code, String text, Command command) throws Exception {
        refused(code, text, ControlCodec.encode(0, ++frames, command));
    }

    private void refused(ReplyCode code, String text, byte[] frame) throws Exception {
        probe.write(frame);
        Reply reply = probe.reply();
        assertEquals(code + " " + text, reply.code() + " " + reply.text());
        assertEquals(++refusals, rig.figures.invalid() + rig.figures.commandsRefused(), text);
    }

    /** A sound frame whose last byte is another. */
    private byte[] ending(int last, Command command) {
        byte[] frame = ControlCodec.encode(0, ++frames, command);
        frame[frame.length - 1] = (byte) last;
        return frame;
    }

    /** A sound frame with so many bytes of its end cut off. */
    private byte[] cut(int bytes, Command command) {
        byte[] whole = ControlCodec.encode(0, ++frames, command);
        ByteBuffer frame = ByteBuffer.allocate(whole.length - bytes);
        frame.put(whole, 0, frame.capacity()).putInt(0, frame.capacity());
        return frame.array();
    }

    /** A frame that says nothing. */
    private byte[] headerOf(Command command) {
        return cut(ControlCodec.encode(0, 1, command).length - HEADER_BYTES, command);
    }

    private byte[] ofType(int type) {
        byte[] frame = ControlCodec.encode(0, ++frames, new Command.Resync());
        ByteBuffer.wrap(frame).putShort(TYPE_AT, (short) type);
        return frame;
    }

    private static Command.SetPathPriority path(String server, String port, PathPriority priority) {
        return new Command.SetPathPriority(
                new PathSelector(
                        Optional.of(server).filter(name -> !name.isEmpty()),
                        Optional.of(port).filter(name -> !name.isEmpty()),
                        Optional.empty()),
                priority);
    }

    private static Command.Announce announce(String server, String port) {
        IpAddress address = IpAddress.parse("198.51.100.99");
        return new Command.Announce(server, new AdvertiseConfig(9, port, address, 0));
    }

    @Test
    void form_broken_fieldAndRuleNamed() throws Exception {
        Command drain = new Command.Drain(SERVER, true);
        refused(ReplyCode.INVALID, "frame.type: unknown type 999", ofType(999));
        refused(ReplyCode.INVALID, "frame.type: unknown type 0", ofType(0));
        refused(ReplyCode.INVALID, "drain.draining: 2 is neither 0 nor 1", ending(2, drain));
        refused(ReplyCode.INVALID, "drain: an attribute runs past its end", cut(1, drain));
        refused(ReplyCode.INVALID, "drain.virtualServer: missing", headerOf(drain));
        Command limit = new Command.SetSubflowLimit(SERVER, Optional.of(2));
        refused(ReplyCode.INVALID, "limit.maxSubflows: 9 is not in 0 to 8", ending(9, limit));
        refused(
                ReplyCode.INVALID,
                "withdraw.addressId: 0 is not in 1 to 255",
                ending(0, new Command.Withdraw(SERVER, 1)));
        refused(
                ReplyCode.INVALID,
                "setPathPriority.priority: unknown code 9",
                ending(9, path("", "isp-b", PathPriority.BACKUP)));
        refused(
                ReplyCode.INVALID,
                "endpoints.pools: 0 entries, must have 1 to 4096",
                headerOf(new Command.ApplyEndpoints(ControlRig.config().pools())));
        refused(
                ReplyCode.INVALID,
                "frame.checksum: the snapshot is damaged",
                ending(77, new Command.ApplyConfig(ControlRig.config())));
    }

    @Test
    void names_unknown_fieldAndRuleNamed() throws Exception {
        String nobody = "no virtual server is named nobody";
        refused(
                ReplyCode.UNKNOWN_NAME,
                "drain.virtualServer: " + nobody,
                new Command.Drain("nobody", true));
        refused(
                ReplyCode.UNKNOWN_NAME,
                "limit.virtualServer: " + nobody,
                new Command.SetSubflowLimit("nobody", Optional.empty()));
        refused(
                ReplyCode.UNKNOWN_NAME,
                "withdraw.virtualServer: " + nobody,
                new Command.Withdraw("nobody", 3));
        refused(
                ReplyCode.UNKNOWN_NAME,
                "announce.virtualServer: " + nobody,
                announce("nobody", "isp-b"));
        refused(
                ReplyCode.UNKNOWN_NAME,
                "announce.address.port: no port is named isp-z",
                announce(SERVER, "isp-z"));
        refused(
                ReplyCode.UNKNOWN_NAME,
                "selector.virtualServer: " + nobody,
                path("nobody", "isp-b", PathPriority.BACKUP));
        refused(
                ReplyCode.UNKNOWN_NAME,
                "selector.port: no port is named isp-z",
                path("", "isp-z", PathPriority.REGULAR));
        PoolConfig pool = ControlRig.config().pools().getFirst();
        refused(
                ReplyCode.UNKNOWN_NAME,
                "endpoints.pools: no pool is named others",
                new Command.ApplyEndpoints(
                        List.of(new PoolConfig("others", pool.balance(), pool.backends()))));
    }

    @Test
    void configuration_thatNeedsARestart_fieldNamed() throws Exception {
        LbConfig now = ControlRig.config();
        WorkerConfig workers = now.workers();
        restart(
                "workers.count: 2 needs a restart, started with 1",
                config(
                        new WorkerConfig(2, workers.idle(), workers.cores()),
                        now.buffers(),
                        now.sizes()));
        BufferConfig buffers = now.buffers();
        restart(
                "buffers.count: "
                        + (buffers.count() + 1)
                        + " needs a restart, started with "
                        + buffers.count(),
                config(
                        workers,
                        new BufferConfig(
                                buffers.memory(),
                                buffers.count() + 1,
                                buffers.roomBytes(),
                                buffers.receiveReserve(),
                                buffers.sessionBudgetBytes(),
                                buffers.workerBudgetBytes()),
                        now.sizes()));
        SizeConfig sizes = now.sizes();
        restart(
                "sizes.maxTimeWait: "
                        + (sizes.maxTimeWait() + 1)
                        + " needs a restart, started with "
                        + sizes.maxTimeWait(),
                config(
                        workers,
                        buffers,
                        new SizeConfig(
                                sizes.maxConnections(),
                                sizes.maxHalfOpen(),
                                sizes.maxTimeWait() + 1,
                                sizes.maxNeighbours())));
        refused(
                ReplyCode.RESTART_REQUIRED,
                "ports[0].name: isp-b needs a restart, started with isp-a",
                new Command.ApplyConfig(
                        new LbConfig(
                                2,
                                workers,
                                buffers,
                                sizes,
                                now.ports().subList(1, 3),
                                now.virtualServers(),
                                now.pools())));
        refused(
                ReplyCode.STALE,
                "generation: 0 is older than 1 in force",
                new Command.ApplyConfig(
                        new LbConfig(
                                0,
                                workers,
                                buffers,
                                sizes,
                                now.ports(),
                                now.virtualServers(),
                                now.pools())));
    }

    private void restart(String text, LbConfig wanted) throws Exception {
        refused(ReplyCode.RESTART_REQUIRED, text, new Command.ApplyConfig(wanted));
    }

    private static LbConfig config(WorkerConfig workers, BufferConfig buffers, SizeConfig sizes) {
        LbConfig now = ControlRig.config();
        return new LbConfig(
                2, workers, buffers, sizes, now.ports(), now.virtualServers(), now.pools());
    }

    @Test
    void tables_full_fieldNamed() throws Exception {
        LbConfig now = ControlRig.config();
        VirtualServerConfig like = now.virtualServers().getFirst();
        List<VirtualServerConfig> many = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            List<IpAddress> addresses = new ArrayList<>();
            for (int j = 0; j < 16; j++) {
                addresses.add(IpAddress.v4(0xc612_0000 | i << 8 | j));
            }
            many.add(
                    new VirtualServerConfig(
                            "server-" + i,
                            addresses,
                            like.port(),
                            like.pool(),
                            like.mptcp(),
                            like.timeouts(),
                            like.maxConnections()));
        }
        refused(
                ReplyCode.FULL,
                "virtualServers.addresses: 256 in all, the tables have room for 129",
                new Command.ApplyConfig(
                        new LbConfig(
                                2,
                                now.workers(),
                                now.buffers(),
                                now.sizes(),
                                now.ports(),
                                many,
                                now.pools())));
        for (int i = 0; i < Command.PATH_RULES_MAX; i++) {
            set(rule(i), PathPriority.BACKUP);
        }
        refused(
                ReplyCode.FULL,
                "selector: 64 path rules are in force",
                new Command.SetPathPriority(rule(64), PathPriority.BACKUP));
        for (int i = 0; i < Command.PATH_RULES_MAX; i++) {
            set(rule(i), PathPriority.CONFIGURED);
        }
    }

    private void set(PathSelector paths, PathPriority priority) throws Exception {
        probe.write(ControlCodec.encode(0, ++frames, new Command.SetPathPriority(paths, priority)));
        assertEquals(ReplyCode.OK, probe.reply().code());
    }

    private static PathSelector rule(int network) {
        IpPrefix clients = new IpPrefix(IpAddress.v4(0xc613_0000 | network << 8), 24);
        return new PathSelector(Optional.empty(), Optional.empty(), Optional.of(clients));
    }
}
