package io.mptcplb.bench.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * How the kernels of a laboratory avoid congestion: not as this machine's happens to. A client on
 * BBR sends small frames at a pace of its own, one on CUBIC, which is Linux's default, does not.
 */
final class KernelCongestion {
    private static final String PROPERTY = "mptcplb.lab.congestion";
    private static final Path ALLOWED =
            Path.of("/proc/sys/net/ipv4/tcp_allowed_congestion_control");

    private KernelCongestion() {}

    /**
     * CUBIC, or as -Dmptcplb.lab.congestion says, so that every scenario can be had with others.
     */
    static String usual() {
        String name = System.getProperty(PROPERTY, "cubic");
        if (!name.matches("[a-z0-9_]{1,15}")) {
            throw new IllegalArgumentException(PROPERTY + ": not the name of one: " + name);
        }
        return name;
    }

    /**
     * A namespace may only choose among what the machine allows: it is added to that list, and
     * stays there, as another lab may be about to choose it.
     */
    static void allow(String name) throws IOException {
        String allowed = Files.readString(ALLOWED).strip();
        if (!Arrays.asList(allowed.split(" ", -1)).contains(name)) {
            Files.writeString(ALLOWED, allowed + " " + name);
        }
    }
}
