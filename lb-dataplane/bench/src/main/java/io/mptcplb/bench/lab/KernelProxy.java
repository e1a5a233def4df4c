package io.mptcplb.bench.lab;

import io.mptcplb.bench.sys.ListeningExec;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A proxy on the kernel's MPTCP in the box's place, of two threads: proves the laboratory without
 * our box, and stands beside it in comparisons. It speaks MPTCP with its clients alone, as ours
 * does. Needs a lab with {@link LabOptions#kernelBox}.
 */
public enum KernelProxy {
    /** HAProxy; takes the listening socket by its descriptor. */
    HAPROXY(
            """
            global
                nbthread %6$d
            defaults
                mode tcp
                timeout connect 5s
                timeout client 1h
                timeout server 1h
            frontend in
                bind fd@%1$d
                default_backend out
            backend out
                server s1 %3$s:%4$d
            """) {
        @Override
        List<String> command(Path config) {
            return List.of("haproxy", "-db", "-f", config.toString());
        }
    },
    /** The stream proxy of nginx; takes the listening socket as its successor would. */
    NGINX(
            """
            daemon off;
            pid %5$s/nginx.pid;
            error_log stderr warn;
            load_module /usr/lib/nginx/modules/ngx_stream_module.so;
            worker_processes %6$d;
            events { worker_connections 8192; }
            stream {
                server {
                    listen %2$d;
                    proxy_connect_timeout 5s;
                    proxy_timeout 1h;
                    proxy_pass %3$s:%4$d;
                }
            }
            """) {
        @Override
        List<String> command(Path config) {
            return List.of(
                    "env",
                    "NGINX=" + ListeningExec.DESCRIPTOR + ";",
                    "nginx",
                    "-e",
                    "stderr",
                    "-p",
                    config.resolveSibling(".").normalize().toString(),
                    "-c",
                    config.toString());
        }
    };

    private final String template;

    KernelProxy(String template) {
        this.template = template;
    }

    abstract List<String> command(Path config);

    /**
     * Starts it between {@link LabAddresses#service} and {@link LabAddresses#backend}.
     *
     * @param threads that serve, or processes of one each
     */
    public LabProcess start(Lab lab, int threads) throws IOException {
        String name = name().toLowerCase(Locale.ROOT);
        Path config = lab.directory().resolve(name + ".conf");
        Files.writeString(
                config,
                String.format(
                        Locale.ROOT,
                        template,
                        ListeningExec.DESCRIPTOR,
                        LabAddresses.SERVICE_PORT,
                        LabAddresses.BACKEND,
                        LabAddresses.BACKEND_PORT,
                        lab.directory(),
                        threads));
        List<String> words =
                new ArrayList<>(
                        List.of(
                                System.getProperty("java.home") + "/bin/java",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                ownClasses(),
                                ListeningExec.class.getName(),
                                Integer.toString(LabAddresses.SERVICE_PORT)));
        words.addAll(command(config));
        LabProcess process = lab.box().start(name, words);
        lab.box().awaitListening(LabAddresses.SERVICE_PORT, process);
        return process;
    }

    private static String ownClasses() {
        try {
            return Path.of(
                            ListeningExec.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("classes come from no file", e);
        }
    }
}
