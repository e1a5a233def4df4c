package io.mptcplb.bench.compare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the figures were taken on, and with what. */
final class Machine {
    private Machine() {}

    /** One line each. */
    static List<String> facts(Collection<Contender> contenders) throws IOException {
        List<String> facts = new ArrayList<>();
        facts.add(
                Runtime.getRuntime().availableProcessors()
                        + " CPUs, "
                        + first(Path.of("/proc/cpuinfo"), "model name\\s*:\\s*(.+)"));
        facts.add(
                Long.parseLong(first(Path.of("/proc/meminfo"), "MemTotal:\\s*(\\d+)")) / (1 << 20)
                        + " GiB of memory");
        facts.add("Linux " + System.getProperty("os.version"));
        facts.add("JDK " + Runtime.version());
        for (Contender contender : contenders) {
            String[] command = contender.versionCommand();
            if (command.length > 0) {
                facts.add(firstLine(command));
            }
        }
        return facts;
    }

    private static String first(Path file, String pattern) throws IOException {
        Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(file));
        return matcher.find() ? matcher.group(1).strip() : "unknown";
    }

    private static String firstLine(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var reader = process.inputReader(StandardCharsets.UTF_8)) {
            String line = reader.readLine();
            return line == null ? "unknown" : line.strip();
        }
    }
}
