package io.mptcplb.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Hides what arrives on a device from the kernel's own stack, which would answer for addresses that
 * it has there: an nftables chain at the device's ingress, behind packet sockets and before
 * everything else. Needs NET_ADMIN. Owner: the main thread, except {@link #raiseAgain}.
 */
final class Shield implements AutoCloseable {
    private static final String NFT = "nft";

    /** Before other people's chains: those may count on seeing what the kernel sees. */
    private static final int PRIORITY = -400;

    private final List<String> devices = new ArrayList<>();

    /** Hides these devices, or none. */
    static Shield raise(List<String> devices) throws StartupException {
        Shield shield = new Shield();
        for (String device : devices) {
            try {
                raise(device);
            } catch (IOException e) {
                shield.close();
                throw new StartupException(
                        StartupException.NO_PERMISSION,
                        "cannot hide "
                                + device
                                + " from the kernel: "
                                + e.getMessage()
                                + "; grant NET_ADMIN and install nftables, or leave the device to"
                                + " the load balancer (ip address flush dev "
                                + device
                                + ")");
            }
            shield.devices.add(device);
        }
        return shield;
    }

    /** Hides a device that has come back, if it was hidden: the chain went away with it. */
    void raiseAgain(String device, Log log) {
        if (devices.contains(device)) {
            try {
                raise(device);
            } catch (IOException e) {
                log.line("cannot hide " + device + " from the kernel again: " + e.getMessage());
            }
        }
    }

    private static void raise(String device) throws IOException {
        String table = table(device);
        run(
                String.format(
                        Locale.ROOT,
                        """
                        table netdev %1$s
                        delete table netdev %1$s
                        table netdev %1$s {
                            chain ingress {
                                type filter hook ingress device "%2$s" priority %3$d
                                policy drop
                            }
                        }
                        """,
                        table,
                        device,
                        PRIORITY));
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
        for (String device : devices) {
            String table = table(device);
            try {
                run("table netdev " + table + "\ndelete table netdev " + table + "\n");
            } catch (IOException gone) {
                // With its device, or with our rights: nothing of ours is left to take away.
            }
        }
        devices.clear();
    }
}
