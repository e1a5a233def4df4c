package io.mptcplb.bench.load;

import io.mptcplb.bench.load.LoadServer.OnAccept;
import java.io.IOException;
import java.util.Locale;

/** The load tool's command line. Exit status: 0 only if all content was verified. */
public final class Main {
    private static final String USAGE =
            """
            usage: load server --listen ADDRESS:PORT [--mptcp] [--on-accept serve|close|reset|ignore]
                   load client MODE --to ADDRESS:PORT [options]

            modes of the client
              download, upload, duplex   bulk content; duplex is both at once
              rr                         requests and responses on --conns connections
              cps                        one request and response per connection

            options
              --bytes N[k|m|g]    payload per direction and connection (default 64m), or
              --seconds S         for so long instead
              --conns N           connections at once (default 1)
              --tcp               plain TCP (default MPTCP)
              --from ADDRESS      the client's own address
              --seed N            of all content (default 1)
              --half-close client|server   who ends its direction first
              --chunk BYTES       at most so much per send and receive, e.g. 1
              --no-sha            leave SHA-256 out; every byte is compared all the same
              --stall-limit S     fail when nothing moves for so long (default 30)
              --receive-buffer N  fix the client's receive buffer
              --pause AT:S        the client stops reading after AT bytes for S seconds
              --backend-pause AT:S, --backend-rate BYTES/S, --backend-reset AT
                                  the backend does likewise; reads slowly; resets
              --request N, --response N, --rate N   of rr and cps
              --expect-error WORD   succeed if every connection failed so, e.g.
                                  recv:ECONNRESET
            """;

    private Main() {}

    public static void main(String[] args) throws Exception {
        try {
            System.exit(run(new Arguments(args)));
        } catch (IllegalArgumentException e) {
            System.err.println("load: " + e.getMessage());
            System.err.print(USAGE);
            System.exit(2);
        }
    }

    private static int run(Arguments arguments) throws InterruptedException, IOException {
        return switch (arguments.word("server or client")) {
            case "server" -> server(arguments);
            case "client" -> client(arguments);
            case "help", "--help" -> {
                System.out.print(USAGE);
                yield 0;
            }
            case String other -> throw new IllegalArgumentException("no such command: " + other);
        };
    }

    private static int server(Arguments arguments) throws InterruptedException, IOException {
        String listen = "";
        boolean mptcp = false;
        OnAccept onAccept = OnAccept.SERVE;
        while (arguments.more()) {
            switch (arguments.word("option")) {
                case "--listen" -> listen = arguments.word("ADDRESS:PORT");
                case "--mptcp" -> mptcp = true;
                case "--on-accept" ->
                        onAccept =
                                OnAccept.valueOf(arguments.word("what").toUpperCase(Locale.ROOT));
                case String other -> throw new IllegalArgumentException("no option " + other);
            }
        }
        try (LoadServer server =
                LoadServer.start(Arguments.address(listen), mptcp, onAccept, Main::say)) {
            System.out.println("listening " + listen);
            server.join();
            return 0;
        }
    }

    private static int client(Arguments arguments) throws InterruptedException, IOException {
        ClientOptions options = ClientOptions.parse(arguments);
        LoadClient.warmUp();
        LoadReport report = LoadClient.run(options.plan());
        report.bulk().forEach(System.out::println);
        System.out.println(report.summary());
        String expected = options.expectedError();
        if (expected == null) {
            return report.verified() ? 0 : 1;
        }
        boolean all =
                report.bulk().stream().allMatch(result -> expected.equals(result.error()))
                        && report.errors().keySet().stream().allMatch(expected::equals);
        return all && !report.verified() ? 0 : 1;
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
