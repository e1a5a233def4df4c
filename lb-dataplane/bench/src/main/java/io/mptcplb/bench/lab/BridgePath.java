package io.mptcplb.bench.lab;

import java.io.IOException;
import java.util.Locale;

/** A path over a kernel bridge: TBF where frames leave it, nftables where they enter. */
final class BridgePath implements LabPath {
    private static final double QUEUE_SECONDS = 0.05;
    private static final int QUEUE_BYTES_MIN = 32_768;
    private static final String BURST = "16k";

    private final LabNamespace wire;
    private final String clientSide;
    private final String boxSide;

    BridgePath(LabNamespace wire, int number, int mtu) throws IOException {
        this.wire = wire;
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
    public void rateMbit(double mbit) throws IOException {
        for (String out : new String[] {clientSide, boxSide}) {
            Command.attempt(
                    java.util.List.of(
                            "ip",
                            "netns",
                            "exec",
                            wire.name(),
                            "tc",
                            "qdisc",
                            "del",
                            "dev",
                            out,
                            "root"),
                    "");
            if (mbit > 0) {
                long limit = Math.max(QUEUE_BYTES_MIN, Math.round(mbit * 1e6 / 8 * QUEUE_SECONDS));
                wire.run(
                        "tc",
                        "qdisc",
                        "add",
                        "dev",
                        out,
                        "root",
                        "tbf",
                        "rate",
                        Math.round(mbit * 1000) + "kbit",
                        "burst",
                        BURST,
                        "limit",
                        limit + "b");
            }
        }
    }

    @Override
    public void lossPercent(double up, double down) throws IOException {
        ingress("loss", clientSide, up > 0 ? LabPath.lossStatement(up) : "");
        ingress("loss", boxSide, down > 0 ? LabPath.lossStatement(down) : "");
    }

    @Override
    public void blackhole() throws IOException {
        ingress("fault", clientSide, "counter drop");
        ingress("fault", boxSide, "counter drop");
    }

    @Override
    public void carrierDown() throws IOException {
        wire.script(
                "ip link set dev " + clientSide + " down; ip link set dev " + boxSide + " down");
    }

    @Override
    public void heal() throws IOException {
        ingress("fault", clientSide, "");
        ingress("fault", boxSide, "");
        wire.script("ip link set dev " + clientSide + " up; ip link set dev " + boxSide + " up");
    }

    /** Replaces what a device's ingress chain does; an empty rule removes the chain. */
    private void ingress(String table, String device, String rule) throws IOException {
        String name = table + "_" + device;
        String chain =
                rule.isEmpty()
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                """
                                table netdev %1$s {
                                    chain in {
                                        type filter hook ingress device "%2$s" priority 0
                                        %3$s
                                    }
                                }
                                """,
                                name,
                                device,
                                rule);
        // "add, then delete" is how nft removes what may not be there; all in one transaction.
        wire.runWithInput(
                "table netdev " + name + "\ndelete table netdev " + name + "\n" + chain,
                "nft",
                "--file",
                "-");
    }
}
