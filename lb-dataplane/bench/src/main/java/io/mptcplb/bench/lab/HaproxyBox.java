package io.mptcplb.bench.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * HAProxy on the kernel's MPTCP in the box's place: proves the laboratory without our box, and
 * stands beside it in comparisons. Needs a lab with {@link LabOptions#kernelBox}.
 */
public final class HaproxyBox {
    private HaproxyBox() {}

    /** Starts it between {@link LabAddresses#service} and {@link LabAddresses#backend}. */
    public static LabProcess start(Lab lab) throws IOException {
        Path config = lab.directory().resolve("haproxy.cfg");
        Files.writeString(
                config,
                String.format(
                        Locale.ROOT,
                        """
                        global
                            nbthread 2
                        defaults
                            mode tcp
                            timeout connect 5s
                            timeout client 1h
                            timeout server 1h
                        frontend in
                            bind :%d
                            default_backend out
                        backend out
                            server s1 %s:%d
                        """,
                        LabAddresses.SERVICE_PORT,
                        LabAddresses.BACKEND,
                        LabAddresses.BACKEND_PORT));
        LabProcess haproxy =
                lab.box()
                        .start(
                                "haproxy",
                                List.of(
                                        "mptcpize",
                                        "run",
                                        "haproxy",
                                        "-db",
                                        "-f",
                                        config.toString()));
        lab.box().awaitListening(LabAddresses.SERVICE_PORT, haproxy);
        return haproxy;
    }
}
