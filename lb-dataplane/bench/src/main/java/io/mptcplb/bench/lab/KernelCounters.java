package io.mptcplb.bench.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A copy of a namespace's /proc/net/snmp, netstat and snmp6.
 *
 * @param values by nstat's names: protocol, then counter
 */
public record KernelCounters(Map<String, Long> values) {

    /** Reads those of the calling thread's namespace. */
    static KernelCounters read() throws IOException {
        Map<String, Long> values = new TreeMap<>();
        for (String file : List.of("snmp", "netstat")) {
            List<String> lines = Files.readAllLines(Path.of("/proc/thread-self/net", file));
            for (int i = 0; i + 1 < lines.size(); i += 2) {
                String[] names = lines.get(i).split(" ", -1);
                String[] numbers = lines.get(i + 1).split(" ", -1);
                String protocol = names[0].substring(0, names[0].length() - 1);
                for (int j = 1; j < names.length; j++) {
                    values.put(protocol + names[j], Long.valueOf(numbers[j]));
                }
            }
        }
        // IPv6's has a counter per line, and is not there where IPv6 is not.
        Path ipv6 = Path.of("/proc/thread-self/net/snmp6");
        if (Files.exists(ipv6)) {
            for (String line : Files.readAllLines(ipv6)) {
                String[] words = line.split("\\s+", -1);
                values.put(words[0], Long.valueOf(words[1]));
            }
        }
        return new KernelCounters(values);
    }

    /** The counter, or 0 if this kernel does not have it. */
    public long get(String name) {
        return values.getOrDefault(name, 0L);
    }

    /** What was added since {@code earlier}, without the counters that did not move. */
    public KernelCounters since(KernelCounters earlier) {
        Map<String, Long> moved = new TreeMap<>();
        values.forEach((name, value) -> {
            long difference = value - earlier.get(name);
            if (difference != 0) {
                moved.put(name, difference);
            }
        });
        return new KernelCounters(moved);
    }
}
