package io.mptcplb.app;

import static io.mptcplb.app.KernelClient.download;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.contract.ConfigFile;
import io.mptcplb.contract.CounterReader;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MetricScope;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.contract.VirtualServerConfig;
import io.mptcplb.contract.control.Command;
import io.mptcplb.contract.control.Event;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The control socket of a real box, while the kernel's client transfers through it. */
@Tag("interop")
class ControlInteropTest {
    private static final LabOptions SHAPED = LabOptions.named("ctl-live").pathMbit(60, 40);
    private static final int SECOND_PORT = LabAddresses.SERVICE_PORT + 1;
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @Test
    void configApplied_inTheMiddle_clientHearsItAndNothingIsLost() throws Exception {
        try (KernelClient client = KernelClient.open(SHAPED)) {
            Path state = client.lab.box.counters().resolveSibling("");
            try (ControlProbe probe = ControlProbe.synced(state.resolve("control.sock"))) {
                var transfer = client.aside(download(40_000_000));
                Event.ConnectionOpened opened =
                        probe.await(Event.ConnectionOpened.class, c -> c.offeredVersion() == 1);
                Event.SubflowOpened joined =
                        probe.await(Event.SubflowOpened.class, s -> s.port().equals("p2"));
                assertEquals(opened.connection(), joined.connection());
                assertEquals(IpAddress.parse(LabAddresses.CLIENT_2), joined.remote());
                client.awaitPayload(2, 1_000_000);

                LbConfig next = withBackup(ConfigFile.read(state.resolve("config.last")));
                probe.ok(new Command.ApplyConfig(next));
                Event.SubflowPriority told = probe.await(Event.SubflowPriority.class);
                assertEquals(joined.subflow(), told.subflow());
                assertTrue(told.backupByUs());
                probe.await(Event.PolicySettled.class);
                LabEvents.await(
                        "the client hears MP_PRIO",
                        LIMIT,
                        () -> client.moved("MPTcpExtMPPrioRx") > 0);
                long idle = LabEvents.settled("payload on path 2", () -> client.payload(2));
                client.awaitPayload(1, client.payload(1) + 2_000_000);
                assertEquals(idle, client.payload(2), "the backup path carries");

                client.verified(
                        LoadPlan.download(
                                LabAddresses.socket(LabAddresses.BOX_1, SECOND_PORT), 1_000_000));
                client.verified(transfer.get(), 2);
                probe.await(
                        Event.ConnectionClosed.class, c -> c.connection() == opened.connection());
            }
            try (CounterReader now = CounterReader.open(state.resolve("counters"))) {
                assertEquals(List.of("service", "second"), now.names(MetricScope.VIRTUAL_SERVER));
                assertEquals(1, now.value(Metric.VIRTUAL_SERVER_CONNECTIONS_OPENED, 1));
                assertEquals(0, now.value(Metric.CONTROL_EVENTS_LOST));
                assertEquals(0, now.value(Metric.CONTROL_OVERRUNS));
            }
        }
    }

    /** One more virtual server, and path 2 is backup. */
    private static LbConfig withBackup(LbConfig now) {
        VirtualServerConfig service = now.virtualServers().getFirst();
        MptcpConfig mptcp = service.mptcp();
        MptcpConfig backup =
                new MptcpConfig(
                        mptcp.enabled(),
                        mptcp.joinInitialAddress(),
                        mptcp.checksumRequired(),
                        mptcp.maxSubflows(),
                        mptcp.advertise(),
                        List.of("p2"));
        return new LbConfig(
                now.generation() + 1,
                now.workers(),
                now.buffers(),
                now.sizes(),
                now.ports(),
                List.of(
                        server(service, service.name(), service.port(), backup),
                        server(service, "second", SECOND_PORT, backup)),
                now.pools());
    }

    private static VirtualServerConfig server(
            VirtualServerConfig like, String name, int port, MptcpConfig mptcp) {
        return new VirtualServerConfig(
                name,
                like.addresses(),
                port,
                like.pool(),
                mptcp,
                like.timeouts(),
                like.maxConnections());
    }
}
