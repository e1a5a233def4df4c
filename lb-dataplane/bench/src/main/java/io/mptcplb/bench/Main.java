package io.mptcplb.bench;

import io.mptcplb.bench.demo.Demo;
import io.mptcplb.bench.load.Arguments;

/** {@code demo} and {@code load}; ./lb calls it. */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws Exception {
        if (args.length > 0 && args[0].equals("load")) {
            io.mptcplb.bench.load.Main.main(java.util.Arrays.copyOfRange(args, 1, args.length));
            return;
        }
        try {
            Arguments arguments = new Arguments(args);
            switch (arguments.word("demo or load")) {
                case "demo" -> System.exit(Demo.main(arguments));
                case String other -> throw new IllegalArgumentException("no command " + other);
            }
        } catch (IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage());
            System.err.println("usage: demo [--box mptcplb|haproxy] [--bytes N] | load ...");
            System.exit(2);
        }
    }
}
