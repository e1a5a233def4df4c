package io.mptcplb.bench.demo;

import java.io.Console;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;

/**
 * Shows the same lines again and again: in place on a terminal, as text now and then elsewhere. 80
 * columns, 24 lines.
 */
final class Screen implements AutoCloseable {
    private static final String HOME = "\u001b[H";
    private static final String CLEAR_LINE = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";
    private static final String CLEAR = "\u001b[2J";
    private static final String HIDE_CURSOR = "\u001b[?25l";
    private static final String SHOW_CURSOR = "\u001b[?25h";
    private static final long TEXT_EVERY_NANOS = 2_000_000_000L;

    private final PrintStream out;
    private final boolean terminal;
    private boolean drawn;
    private long shownNanos;

    Screen(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
        if (terminal) {
            Runtime.getRuntime().addShutdownHook(new Thread(this::close, "screen"));
        }
    }

    /** The screen of this process: a terminal only if output goes to one. */
    static Screen ofProcess() {
        boolean terminal =
                Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
        return new Screen(System.out, terminal);
    }

    void show(List<String> lines, long nowNanos) {
        if (!terminal) {
            if (!drawn || nowNanos - shownNanos >= TEXT_EVERY_NANOS) {
                drawn = true;
                shownNanos = nowNanos;
                lines.stream().filter(line -> !line.isBlank()).forEach(out::println);
                out.println();
            }
            return;
        }
        StringBuilder frame = new StringBuilder(drawn ? HOME : HIDE_CURSOR + CLEAR + HOME);
        drawn = true;
        for (String line : lines) {
            frame.append(line).append(CLEAR_LINE).append('\n');
        }
        out.print(frame.append(CLEAR_BELOW));
        out.flush();
    }

    /** Lines that stay: the table gives way to them. */
    void print(List<String> lines) {
        if (terminal && drawn) {
            out.print(HOME + CLEAR_BELOW);
            drawn = false;
        }
        lines.forEach(out::println);
        out.flush();
    }

    void say(String line) {
        print(List.of(line));
    }

    @Override
    public void close() {
        if (terminal) {
            out.print(SHOW_CURSOR);
            out.flush();
        }
    }
}
