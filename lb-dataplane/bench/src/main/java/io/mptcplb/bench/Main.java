package io.mptcplb.bench;

import io.mptcplb.bench.compare.Bench;
import io.mptcplb.bench.compare.Fresh;
import io.mptcplb.bench.compare.Phases;
import io.mptcplb.bench.compare.PolicyChurn;
import io.mptcplb.bench.demo.Demo;
import io.mptcplb.bench.lab.TcpFrame;
import io.mptcplb.bench.lab.TsharkCheck;
import io.mptcplb.bench.load.Arguments;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

/**
 * {@code demo}, {@code bench}, {@code phases}, {@code churn}, {@code load} and {@code check}; ./lb
 * calls it.
 */
public final class Main {
    private static final String USAGE =
            """
            usage: demo [--box mptcplb|haproxy] [--bytes N] [--capture FILE]
                   bench [--boxes haproxy,nginx,mptcplb] [--rows PART] [--repetitions N]
                         [--seconds S] [--workers N] [--results DIRECTORY]
                   phases [--rows PART] [--seconds S] [--workers N]
                   fresh [--repetitions N] [--workers N]
                   churn [--rounds N] [--seconds S]    a thousand policy changes a second, and none
                   load server|client ...      (load help says more)
                   check FILE                  what Wireshark and RFC 8684 say of a capture
            """;

    private Main() {}

    public static void main(String[] args) throws Exception {
        if (args.length > 0 && args[0].equals("load")) {
            io.mptcplb.bench.load.Main.main(Arrays.copyOfRange(args, 1, args.length));
            return;
        }
        try {
            Arguments arguments = new Arguments(args);
            switch (arguments.word("command")) {
                case "demo" -> System.exit(Demo.main(arguments));
                case "bench" -> System.exit(Bench.main(arguments));
                case "churn" -> System.exit(PolicyChurn.main(arguments));
                case "fresh" -> System.exit(Fresh.main(arguments));
                case "phases" -> System.exit(Phases.main(arguments));
                case "check" -> System.exit(check(Path.of(arguments.word("FILE"))));
                case String other -> throw new IllegalArgumentException("no command " + other);
            }
        } catch (IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage());
            System.err.print(USAGE);
            System.exit(2);
        }
    }

    private static int check(Path capture) throws IOException {
        Set<Integer> expected =
                Set.of(
                        TcpFrame.MP_CAPABLE,
                        TcpFrame.MP_JOIN,
                        TcpFrame.DSS,
                        TcpFrame.ADD_ADDR,
                        TcpFrame.REMOVE_ADDR,
                        TcpFrame.MP_PRIO,
                        TcpFrame.MP_FASTCLOSE,
                        TcpFrame.MP_TCPRST);
        TsharkCheck check = TsharkCheck.read(capture, false, expected);
        System.out.println(check.frames() + " segments");
        check.subtypes()
                .forEach((sender, counts) -> System.out.println("  " + sender + " " + counts));
        check.problems().forEach(System.out::println);
        return check.problems().isEmpty() ? 0 : 1;
    }
}
