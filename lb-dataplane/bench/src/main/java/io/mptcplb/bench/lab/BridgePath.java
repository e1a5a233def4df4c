package io.mptcplb.bench.lab;

import java.io.IOException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A path over a kernel bridge: TBF where frames leave it, nftables where they enter. */
final class BridgePath implements LabPath {
    private static final double QUEUE_SECONDS = 0.05;
    private static final int QUEUE_BYTES_MIN = 32_768;
    private static final String DROP = "counter drop";
    private static final Pattern BACKLOG = Pattern.compile("backlog \\S+ (\\d+)p");
    private static final Pattern PACKETS = Pattern.compile("counter packets (\\d+)");

    private final LabNamespace wire;
    private final int number;
    private final String clientSide;
    private final String boxSide;
    private double mbit;
    private long purgedUp;
    private long purgedDown;

    BridgePath(LabNamespace wire, int number, int mtu) throws IOException {
        this.wire = wire;
        this.number = number;
        clientSide = "w" + number + "c";
        boxSide = "w" + number + "l";
        wire.script(
                String.format(
                        Locale.ROOT,
                        """
                        ip link add br%1$d type bridge stp_state 0 mcast_snooping 0 forward_delay 0
                        ip link set dev br%1$d mtu %2$d up
                        ip link set dev w%1$dc master br%1$d
                        ip link set dev w%1$dl master br%1$d
                        """,
                        number,
                        mtu));
    }

    @Override
    public void rateMbit(double value) throws IOException {
        mbit = value;
        wire.script(emptyQueues() + shape());
    }

    @Override
    public void lossPercent(double up, double down) throws IOException {
        apply(
                ingress(
                        "loss",
                        up > 0 ? LabPath.lossStatement(up) : "",
                        down > 0 ? LabPath.lossStatement(down) : ""));
    }

    @Override
    public void blackhole() throws IOException {
        // What waits in the buckets is in flight, too: it goes with the rest. One script, because
        // a bucket is empty within 50 ms.
        String listing =
                wire.script(
                        "nft --file - <<END\n"
                                + ingress("fault", DROP, DROP)
                                + "END\ntc -s qdisc show\n"
                                + emptyQueues()
                                + shape());
        purgedUp = backlog(listing, boxSide);
        purgedDown = backlog(listing, clientSide);
    }

    private static long backlog(String listing, String device) {
        int at = listing.indexOf(" dev " + device + " ");
        Matcher frames = BACKLOG.matcher(listing);
        return at >= 0 && frames.find(at) ? Long.parseLong(frames.group(1)) : 0;
    }

    /** Deleting a queue frees what waits in it. */
    private String emptyQueues() {
        return String.format(
                Locale.ROOT,
                """
                tc qdisc del dev %s root 2>/dev/null || true
                tc qdisc del dev %s root 2>/dev/null || true
                """,
                clientSide,
                boxSide);
    }

    private String shape() {
        if (mbit == 0) {
            return "";
        }
        long limitBytes = Math.max(QUEUE_BYTES_MIN, Math.round(mbit * 1e6 / 8 * QUEUE_SECONDS));
        return String.format(
                Locale.ROOT,
                """
                tc qdisc add dev %s root tbf rate %dkbit burst 16k limit %db
                tc qdisc add dev %s root tbf rate %2$dkbit burst 16k limit %3$db
                """,
                clientSide,
                Math.round(mbit * 1000),
                limitBytes,
                boxSide);
    }

    @Override
    public long darkFrames(boolean up) throws IOException {
        Command.Outcome listing =
                wire.attempt("nft", "list", "chain", "netdev", table("fault"), up ? "up" : "down");
        Matcher packets = PACKETS.matcher(listing.output());
        if (listing.status() != 0 || !packets.find()) {
            return 0;
        }
        return Long.parseLong(packets.group(1)) + (up ? purgedUp : purgedDown);
    }

    @Override
    public void carrierDown() throws IOException {
        carrier("down");
    }

    @Override
    public void heal() throws IOException {
        apply(ingress("fault", "", ""));
        carrier("up");
    }

    private void carrier(String state) throws IOException {
        wire.script(
                String.format(
                        Locale.ROOT,
                        "ip link set dev %s %s; ip link set dev %s %2$s",
                        clientSide,
                        state,
                        boxSide));
    }

    private String table(String kind) {
        return kind + number;
    }

    /** Input of nft that replaces what one table does to frames that enter. */
    private String ingress(String kind, String upRule, String downRule) {
        String name = table(kind);
        // "add, then delete" is how nft removes what may not be there.
        StringBuilder commands = new StringBuilder();
        commands.append("table netdev " + name + "\ndelete table netdev " + name + "\n");
        if (!upRule.isEmpty() || !downRule.isEmpty()) {
            commands.append("table netdev " + name + " {\n");
            chain(commands, "up", clientSide, upRule);
            chain(commands, "down", boxSide, downRule);
            commands.append("}\n");
        }
        return commands.toString();
    }

    private void apply(String commands) throws IOException {
        wire.runWithInput(commands, "nft", "--file", "-");
    }

    private static void chain(StringBuilder to, String name, String device, String rule) {
        to.append(
                String.format(
                        Locale.ROOT,
                        """
                        chain %s {
                            type filter hook ingress device "%s" priority 0
                            %s
                        }
                        """,
                        name,
                        device,
                        rule));
    }
}
