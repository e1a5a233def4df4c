package io.mptcplb.dpdk;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What this process could take of the machine's hugepages: what is free, and not more than its
 * cgroups allow (a pod without a hugepage limit gets SIGBUS on first touch although pages are
 * free).
 */
final class Hugepages {
    private static final Path POOLS = Path.of("/sys/kernel/mm/hugepages");
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

    private final Path pools;
    private final Path cgroup;
    private final Path cgroupRoot;

    /** Reads from the given folders; {@code cgroup} lies below or is {@code cgroupRoot}. */
    Hugepages(Path pools, Path cgroup, Path cgroupRoot) {
        this.pools = pools;
        this.cgroup = cgroup;
        this.cgroupRoot = cgroupRoot;
    }

    static Hugepages ofThisProcess() {
        return new Hugepages(POOLS, CGROUPS.resolve(cgroupPath()), CGROUPS);
    }

    private static String cgroupPath() {
        for (String line : lines(Path.of("/proc/self/cgroup"))) {
            if (line.startsWith("0::/")) {
                return line.substring("0::/".length());
            }
        }
        return "";
    }

    /** Bytes in free hugepages of any size that this process may use. */
    long freeBytes() {
        long bytes = 0;
        try (DirectoryStream<Path> sizes = Files.newDirectoryStream(pools, "hugepages-*kB")) {
            for (Path size : sizes) {
                String name = size.getFileName().toString();
                long kilobytes =
                        Long.parseLong(name.substring("hugepages-".length(), name.length() - 2));
                long free = number(size.resolve("free_hugepages"), 0) * kilobytes * 1024;
                bytes += Math.min(free, allowedBytes(kilobytes));
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException none) {
            return 0;
        }
        return bytes;
    }

    private long allowedBytes(long pageKilobytes) {
        String file =
                pageKilobytes >= 1 << 20
                        ? "hugetlb." + (pageKilobytes >> 20) + "GB.max"
                        : "hugetlb." + (pageKilobytes >> 10) + "MB.max";
        long allowed = Long.MAX_VALUE;
        Path at = cgroup;
        while (at != null && at.startsWith(cgroupRoot)) {
            allowed = Math.min(allowed, number(at.resolve(file), Long.MAX_VALUE));
            at = at.getParent();
        }
        return allowed;
    }

    private static long number(Path file, long otherwise) {
        for (String line : lines(file)) {
            return line.matches("[0-9]{1,18}") ? Long.parseLong(line) : otherwise;
        }
        return otherwise;
    }

    private static java.util.List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException absent) {
            return java.util.List.of();
        }
    }
}
