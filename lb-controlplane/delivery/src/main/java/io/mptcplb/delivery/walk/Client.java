package io.mptcplb.delivery.walk;

import io.mptcplb.bench.lab.Command;
import io.mptcplb.bench.load.LoadClient;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.bench.sys.NetworkNamespace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A kernel's MPTCP client with a leg on each of two networks, in a network namespace. */
final class Client {
    private static final String NAMESPACE = "mlc-client";
    private static final String SWITCH = "mlc-switch";
    private static final Pattern LINK_LAYER_ADDRESS = Pattern.compile("lladdr ([0-9a-f:]+)");
    private static final Duration STALL_LIMIT = Duration.ofSeconds(30);

    /**
     * The client knows virtual addresses on isp-a alone, and joins by isp-b to what it is told of
     * there: an address of the very node that serves it.
     */
    void prepare(int mbit) throws IOException {
        inside(
                NAMESPACE,
                "sh",
                "-ec",
                """
                sysctl -qw net.mptcp.enabled=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
                for leg in isp-a isp-b; do
                    sysctl -qw net.ipv4.conf.$leg.rp_filter=0 net.ipv4.conf.$leg.arp_ignore=1 net.ipv4.conf.$leg.arp_announce=2
                done
                # Ports of connections that have ended: more than there are come and go within a minute.
                sysctl -qw net.ipv4.tcp_tw_reuse=1
                ip mptcp endpoint flush
                ip mptcp limits set subflow 2 add_addr_accepted 2
                """);
        for (String leg : List.of("isp-a", "isp-b")) {
            // What comes from the dataplanes is shaped where it leaves the switch.
            inside(
                    SWITCH,
                    "tc",
                    "qdisc",
                    "replace",
                    "dev",
                    leg + ".0",
                    "root",
                    "tbf",
                    "rate",
                    mbit + "mbit",
                    "burst",
                    "64k",
                    "latency",
                    "50ms");
            light(leg, true);
        }
    }

    /**
     * Turns a network's last cable on or off: no carrier at the client, silence at the dataplane.
     */
    void light(String leg, boolean on) throws IOException {
        inside(SWITCH, "ip", "link", "set", leg + ".0", on ? "up" : "down");
    }

    CompletableFuture<LoadReport> download(InetSocketAddress service, long bytes) {
        return aside(LoadPlan.download(service, bytes));
    }

    /** What a plan asks for, beside whatever else is done. */
    CompletableFuture<LoadReport> aside(LoadPlan plan) {
        plan.stallLimit(STALL_LIMIT);
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return NetworkNamespace.named(NAMESPACE)
                                .call("load", () -> LoadClient.run(plan));
                    } catch (Exception e) {
                        throw new CompletionException(e);
                    }
                },
                task -> Thread.ofPlatform().name("aside").daemon().start(task));
    }

    /** What a load came to, once it has ended: all of it as it should be. */
    static LoadReport verified(CompletableFuture<LoadReport> load)
            throws IOException, InterruptedException {
        try {
            LoadReport report = load.get();
            if (!report.verified()) {
                throw new WalkException("what came is not what was sent: " + report.summary());
            }
            return report;
        } catch (ExecutionException e) {
            throw new IOException("a load failed", e);
        }
    }

    /** Bytes that came in over a leg since it was made. */
    long received(String leg) throws IOException {
        return new NetworkDevices(inside(NAMESPACE, "cat", "/proc/self/net/dev")).received(leg);
    }

    /**
     * Who the client takes a neighbour on isp-a to be: its link-layer address, empty if unknown.
     */
    String neighbour(String address) throws IOException {
        String shown = inside(NAMESPACE, "ip", "neighbor", "show", address, "dev", "isp-a");
        Matcher lladdr = LINK_LAYER_ADDRESS.matcher(shown);
        return lladdr.find() ? lladdr.group(1) : "";
    }

    /** What ss shows of the client's subflows. */
    String subflows() throws IOException {
        return inside(NAMESPACE, "ss", "--tcp", "--info", "--no-header", "state", "established");
    }

    /** Subflows that it has to an address. */
    long connectionsTo(String address) throws IOException {
        return inside(
                        NAMESPACE,
                        "ss",
                        "--tcp",
                        "--numeric",
                        "--no-header",
                        "state",
                        "established",
                        "dst",
                        address)
                .lines()
                .count();
    }

    private static String inside(String namespace, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        command.addAll(Arrays.asList(words));
        return Command.run(command);
    }
}
