package io.mptcplb.bench.load;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The client's command line as a plan.
 *
 * @param expectedError the error word that every connection is to fail with, if that is the test
 */
record ClientOptions(LoadPlan plan, @Nullable String expectedError) {
    private static final long BYTES_DEFAULT = 64_000_000;

    static ClientOptions parse(Arguments arguments) {
        String mode = arguments.word("mode");
        List<Consumer<LoadPlan>> changes = new ArrayList<>();
        InetSocketAddress remote = null;
        String expected = null;
        while (arguments.more()) {
            String option = arguments.word("option");
            switch (option) {
                case "--to" -> remote = Arguments.address(arguments.word("ADDRESS:PORT"));
                case "--expect-error" -> expected = arguments.word("error");
                default -> changes.add(change(option, arguments));
            }
        }
        if (remote == null) {
            throw new IllegalArgumentException("missing --to ADDRESS:PORT");
        }
        LoadPlan plan = plan(mode, remote);
        changes.forEach(change -> change.accept(plan));
        return new ClientOptions(plan, expected);
    }

    private static LoadPlan plan(String mode, InetSocketAddress remote) {
        return switch (mode) {
            case "download" -> LoadPlan.download(remote, BYTES_DEFAULT);
            case "upload" -> LoadPlan.upload(remote, BYTES_DEFAULT);
            case "duplex" -> LoadPlan.duplex(remote, BYTES_DEFAULT);
            case "rr" -> LoadPlan.requestResponse(remote, Duration.ofSeconds(2));
            case "cps" -> LoadPlan.connectionRate(remote, Duration.ofSeconds(2));
            default -> throw new IllegalArgumentException("no such mode: " + mode);
        };
    }

    private static Consumer<LoadPlan> change(String option, Arguments arguments) {
        return switch (option) {
            case "--bytes" -> {
                long bytes = arguments.count(option);
                yield plan -> plan.bytes(bytes);
            }
            case "--seconds" -> {
                Duration time = seconds(arguments.decimal(option));
                yield plan -> plan.time(time);
            }
            case "--conns" -> {
                int count = Math.toIntExact(arguments.count(option));
                yield plan -> plan.connections(count);
            }
            case "--tcp" -> LoadPlan::plainTcp;
            case "--from" -> {
                InetAddress address = InetAddress.ofLiteral(arguments.word("ADDRESS"));
                yield plan -> plan.from(new InetSocketAddress(address, 0));
            }
            case "--seed" -> {
                long seed = arguments.count(option);
                yield plan -> plan.seed(seed);
            }
            case "--half-close" -> {
                HalfClose who = HalfClose.valueOf(arguments.word("who").toUpperCase(Locale.ROOT));
                yield plan -> plan.halfClose(who);
            }
            case "--no-sha" -> LoadPlan::withoutSha;
            default -> lessCommon(option, arguments);
        };
    }

    private static Consumer<LoadPlan> lessCommon(String option, Arguments arguments) {
        return switch (option) {
            case "--chunk" -> {
                int bytes = Math.toIntExact(arguments.count(option));
                yield plan -> plan.chunkBytes(bytes);
            }
            case "--stall-limit" -> {
                Duration limit = seconds(arguments.decimal(option));
                yield plan -> plan.stallLimit(limit);
            }
            case "--receive-buffer" -> {
                int bytes = Math.toIntExact(arguments.count(option));
                yield plan -> plan.receiveBufferBytes(bytes);
            }
            case "--pause", "--backend-pause" -> {
                Arguments parts = new Arguments(arguments.word("AT:S").split(":", 2));
                long at = parts.count(option);
                Duration time = seconds(parts.decimal(option));
                yield option.equals("--pause")
                        ? plan -> plan.clientPauses(at, time)
                        : plan -> plan.backendPauses(at, time);
            }
            case "--backend-rate" -> {
                long rate = arguments.count(option);
                yield plan -> plan.backendReads(rate);
            }
            case "--backend-reset" -> {
                long at = arguments.count(option);
                yield plan -> plan.backendResets(at);
            }
            case "--request" -> {
                int bytes = Math.toIntExact(arguments.count(option));
                yield plan -> plan.exchange(bytes, plan.responseBytes);
            }
            case "--response" -> {
                int bytes = Math.toIntExact(arguments.count(option));
                yield plan -> plan.exchange(plan.requestBytes, bytes);
            }
            case "--rate" -> {
                double rate = arguments.decimal(option);
                yield plan -> plan.requestsPerSecond(rate);
            }
            default -> throw new IllegalArgumentException("no option " + option);
        };
    }

    private static Duration seconds(double seconds) {
        return Duration.ofNanos((long) (seconds * 1e9));
    }
}
