package io.mptcplb.app;

import io.mptcplb.contract.IpPrefix;
import io.mptcplb.contract.PortConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Hides what arrives on a device from the kernel's own stack, which would answer for addresses that
 * it has there: an nftables chain at the device's ingress, behind packet sockets and before
 * everything else. All of it is hidden, or of an address that the kernel shares with us what goes
 * to our TCP ports. Needs NET_ADMIN. Owner: the main thread, except {@link #raiseAgain}.
 */
final class Shield implements AutoCloseable {
    private static final String NFT = "nft";

    /** Before other people's chains: those may count on seeing what the kernel sees. */
    private static final int PRIORITY = -400;

    private final Map<String, String> rules = new LinkedHashMap<>();

    private Shield() {}

    /**
     * Hides all or nothing.
     *
     * @param whole devices of which the kernel is to hear nothing
     * @param shared devices of which it is not to hear what is for our TCP ports
     */
    static Shield raise(List<String> whole, List<String> shared) throws StartupException {
        Shield shield = new Shield();
        try {
            for (String device : whole) {
                shield.raise(device, "policy drop");
            }
            for (String device : shared) {
                shield.raise(device, ourTcpPorts(KernelAddresses.of(device)));
            }
            return shield;
        } catch (StartupException e) {
            shield.close();
            throw e;
        }
    }

    private static String ourTcpPorts(List<IpPrefix> addresses) {
        StringBuilder rules = new StringBuilder();
        for (IpPrefix prefix : addresses) {
            rules.append(
                    String.format(
                            Locale.ROOT,
                            "%s daddr %s tcp dport %d-%d drop%n",
                            prefix.address().isV4() ? "ip" : "ip6",
                            prefix.address(),
                            PortConfig.SHARED_TCP_PORT_FIRST,
                            PortConfig.TCP_PORT_LAST));
        }
        return rules.toString();
    }

    private void raise(String device, String rule) throws StartupException {
        try {
            run(chain(device, rule));
            rules.put(device, rule);
        } catch (IOException e) {
            throw new StartupException(
                    StartupException.NO_PERMISSION,
                    "cannot hide "
                            + device
                            + " from the kernel: "
                            + e.getMessage()
                            + "; grant NET_ADMIN and install nftables, or leave the device to the"
                            + " load balancer (ip address flush dev "
                            + device
                            + "); where its address is shared, somebody with NET_ADMIN may run"
                            + " --shield "
                            + device
                            + " before, then start with --shielded");
        }
    }

    /** Hides a device that has come back, if it was hidden: the chain went away with it. */
    void raiseAgain(String device, Log log) {
        String rule = rules.get(device);
        if (rule != null) {
            try {
                run(chain(device, rule));
            } catch (IOException e) {
                log.line("cannot hide " + device + " from the kernel again: " + e.getMessage());
            }
        }
    }

    private static String chain(String device, String rule) {
        return String.format(
                Locale.ROOT,
                """
                table netdev %1$s
                delete table netdev %1$s
                table netdev %1$s {
                    chain ingress {
                        type filter hook ingress device "%2$s" priority %3$d
                        %4$s
                    }
                }
                """,
                table(device),
                device,
                PRIORITY,
                rule);
    }

    /** Names of devices may hold more than names of tables. */
    private static String table(String device) {
        StringBuilder name = new StringBuilder("mptcplb_");
        for (int i = 0; i < device.length(); i++) {
            char each = device.charAt(i);
            boolean plain = each < 0x80 && Character.isLetterOrDigit(each);
            name.append(plain ? String.valueOf(each) : "_" + Integer.toHexString(each));
        }
        return name.toString();
    }

    private static void run(String commands) throws IOException {
        Process nft = new ProcessBuilder(NFT, "--file", "-").redirectErrorStream(true).start();
        try (var input = nft.getOutputStream()) {
            input.write(commands.getBytes(StandardCharsets.UTF_8));
        }
        String output =
                new String(nft.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            if (nft.waitFor() != 0) {
                throw new IOException(output.lines().findFirst().orElse("nft failed"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("nft: interrupted", e);
        }
    }

    /** The kernel hears the devices again. */
    @Override
    public void close() {
        for (String device : rules.keySet()) {
            String table = table(device);
            try {
                run("table netdev " + table + "\ndelete table netdev " + table + "\n");
            } catch (IOException gone) {
                // With its device, or with our rights: nothing of ours is left to take away.
            }
        }
        rules.clear();
    }
}
