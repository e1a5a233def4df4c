package io.mptcplb.dpdk;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * DPDK's shared objects: finds the newest supported release, and every symbol in it or a list of
 * those that are not there.
 */
final class Libraries {
    private static final String[] NEEDED = {"eal", "mempool", "mbuf", "ethdev"};
    private static final String[] FOLDERS = {
        "/usr/lib/x86_64-linux-gnu",
        "/usr/lib/aarch64-linux-gnu",
        "/usr/lib64",
        "/usr/lib",
        "/usr/local/lib64",
        "/usr/local/lib",
        "/usr/local/lib/x86_64-linux-gnu"
    };

    private final @Nullable Abi abi;
    private final List<SymbolLookup> lookups;
    private final List<String> missing = new ArrayList<>();
    private final @Nullable DpdkException failure;

    private Libraries(
            @Nullable Abi abi, List<SymbolLookup> lookups, @Nullable DpdkException failure) {
        this.abi = abi;
        this.lookups = lookups;
        this.failure = failure;
    }

    /** Opens what the machine has. Never throws: {@link #require} does. */
    static Libraries open() {
        return open(Libraries::dlopen, Libraries::installedVersions);
    }

    /**
     * As {@link #open()}, over a given loader of sonames and a given look at what is installed
     * (asked only when nothing supported loads).
     */
    static Libraries open(
            Function<String, Optional<SymbolLookup>> loader,
            java.util.function.Supplier<List<Integer>> installed) {
        String partial = "";
        for (int version : Abi.soVersions()) {
            List<SymbolLookup> found = new ArrayList<>();
            String absent = "";
            for (String name : NEEDED) {
                Optional<SymbolLookup> library = loader.apply(soname(name, version));
                library.ifPresent(found::add);
                absent += library.isPresent() ? "" : " " + soname(name, version);
            }
            if (absent.isEmpty()) {
                return new Libraries(Abi.of(version), found, null);
            }
            if (!found.isEmpty() && partial.isEmpty()) {
                partial = absent;
            }
        }
        return new Libraries(null, List.of(), nothingLoads(partial, installed.get()));
    }

    private static DpdkException nothingLoads(String partial, List<Integer> installed) {
        String packages = packagesOf("23");
        if (!partial.isEmpty()) {
            String version = partial.substring(partial.lastIndexOf('.') + 1);
            return new DpdkException(
                    DpdkError.LIBRARY_MISSING, "cannot load" + partial, packagesOf(version));
        }
        if (installed.isEmpty()) {
            return new DpdkException(
                    DpdkError.LIBRARY_MISSING,
                    "no librte_eal.so of a supported release ("
                            + Abi.supported()
                            + ") can be loaded",
                    packages + " (Debian 13: the same names with 25)");
        }
        StringBuilder found = new StringBuilder();
        for (int version : installed) {
            found.append(found.isEmpty() ? "" : ", ").append("librte_eal.so.").append(version);
        }
        return new DpdkException(
                DpdkError.ABI_MISMATCH, "found " + found + "; supported are " + Abi.supported());
    }

    private static String packagesOf(String soVersion) {
        return "librte-eal"
                + soVersion
                + " librte-ethdev"
                + soVersion
                + " librte-mbuf"
                + soVersion
                + " librte-mempool-ring"
                + soVersion
                + " librte-mempool-stack"
                + soVersion
                + " librte-net-af-packet"
                + soVersion;
    }

    static String soname(String library, int soVersion) {
        return "librte_" + library + ".so." + soVersion;
    }

    static Optional<SymbolLookup> dlopen(String soname) {
        try {
            return Optional.of(SymbolLookup.libraryLookup(soname, Arena.global()));
        } catch (IllegalArgumentException absent) {
            return Optional.empty();
        }
    }

    private static List<Integer> installedVersions() {
        TreeSet<Integer> versions = new TreeSet<>();
        for (String folder : FOLDERS) {
            try (DirectoryStream<Path> files =
                    Files.newDirectoryStream(Path.of(folder), "librte_eal.so.*")) {
                for (Path file : files) {
                    String suffix =
                            file.getFileName().toString().substring("librte_eal.so.".length());
                    String major = suffix.split("\\.", -1)[0];
                    if (major.matches("[0-9]{1,4}")) {
                        versions.add(Integer.valueOf(major));
                    }
                }
            } catch (IOException | java.nio.file.DirectoryIteratorException absent) {
                // A folder that this distribution does not have.
            }
        }
        return List.copyOf(versions);
    }

    /**
     * Address of an exported symbol; 0 when it is missing, which {@link #require} then reports with
     * all others.
     */
    long address(String symbol) {
        for (SymbolLookup lookup : lookups) {
            Optional<java.lang.foreign.MemorySegment> found = lookup.find(symbol);
            if (found.isPresent()) {
                return found.get().address();
            }
        }
        missing.add(symbol);
        return 0;
    }

    /** The layout of what was loaded; throws the reason when nothing usable was. */
    Abi require() {
        if (failure != null) {
            throw failure;
        }
        Abi loaded = java.util.Objects.requireNonNull(abi);
        if (!missing.isEmpty()) {
            throw new DpdkException(
                    DpdkError.SYMBOLS_MISSING,
                    "DPDK " + loaded.release() + " lacks " + String.join(", ", missing),
                    packagesOf(Integer.toString(loaded.soVersion())));
        }
        return loaded;
    }
}
