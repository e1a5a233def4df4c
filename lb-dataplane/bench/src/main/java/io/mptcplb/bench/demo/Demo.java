package io.mptcplb.bench.demo;

import io.mptcplb.bench.lab.Capture;
import io.mptcplb.bench.lab.KernelProxy;
import io.mptcplb.bench.lab.Lab;
import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.lab.LabException;
import io.mptcplb.bench.lab.LabInUseException;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.LabProcess;
import io.mptcplb.bench.load.Arguments;
import io.mptcplb.bench.load.LoadClient;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.bench.load.LoadServer;
import io.mptcplb.contract.MptcpConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The demo's run from an empty machine to its verdict. */
public final class Demo {
    private static final String PREFIX = "lb-demo";
    private static final int DEMOS_MAX = 9;
    private static final long BYTES_DEFAULT = 160_000_000;
    private static final double PATH_1_MBIT = 60;
    private static final double PATH_2_MBIT = 40;
    private static final Path MPTCP_SWITCH = Path.of("/proc/sys/net/mptcp/enabled");
    private static final List<String> TOOLS = List.of("ip", "tc", "nft", "ethtool", "ss");

    private final boolean ownBox;
    private final long bytes;
    private final @Nullable Path captureTo;
    private final Screen screen = Screen.ofProcess();
    private final Verdicts verdicts = new Verdicts();

    private Demo(boolean ownBox, long bytes, @Nullable Path captureTo) {
        this.ownBox = ownBox;
        this.bytes = bytes;
        this.captureTo = captureTo;
    }

    /** Runs it; the exit status is 0 only if every condition holds. */
    public static int main(Arguments arguments) throws InterruptedException {
        boolean ownBox = true;
        long bytes = BYTES_DEFAULT;
        Path captureTo = null;
        while (arguments.more()) {
            switch (arguments.word("option")) {
                case "--box" ->
                        ownBox =
                                switch (arguments.word("mptcplb or haproxy")) {
                                    case "mptcplb" -> true;
                                    case "haproxy" -> false;
                                    case String other ->
                                            throw new IllegalArgumentException("no box " + other);
                                };
                case "--capture" -> captureTo = Path.of(arguments.word("FILE"));
                case "--bytes" -> bytes = arguments.count("--bytes");
                case String other -> throw new IllegalArgumentException("no option " + other);
            }
        }
        return new Demo(ownBox, bytes, captureTo).run();
    }

    private int run() throws InterruptedException {
        try (screen) {
            requireMachine();
            return demonstrate();
        } catch (IOException e) {
            screen.say("demo: " + e.getMessage());
            return 1;
        }
    }

    private static void requireMachine() throws LabException {
        if (!Files.exists(MPTCP_SWITCH)) {
            throw new LabException(
                    "this kernel has no MPTCP ("
                            + MPTCP_SWITCH
                            + " is missing): the demo's client"
                            + " needs Linux >= 5.6 with CONFIG_MPTCP");
        }
        List<Path> directories =
                List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin").stream().map(Path::of).toList();
        for (String tool : TOOLS) {
            if (directories.stream().noneMatch(dir -> Files.exists(dir.resolve(tool)))) {
                throw new LabException("the program " + tool + " is missing: use ./lb demo");
            }
        }
    }

    private int demonstrate() throws IOException, InterruptedException {
        screen.say("Building the network: client, two paths of 60 and 40 Mb/s, box, backend ...");
        try (Lab lab = build()) {
            startBackend(lab);
            screen.say("Starting " + boxName() + " ...");
            int status = ownBox ? withOwnBox(lab) : withHaproxy(lab);
            if (status != 0) {
                lab.keepDirectory();
                screen.say("  Logs stay in " + lab.directory() + ".");
            }
            return status;
        }
    }

    /** Several demos may run at once: each takes the first name that is free. */
    private Lab build() throws IOException {
        for (int i = 1; ; i++) {
            LabOptions options =
                    LabOptions.named(i == 1 ? PREFIX : PREFIX + i)
                            .pathMbit(PATH_1_MBIT, PATH_2_MBIT);
            try {
                return Lab.build(ownBox ? options : options.kernelBox());
            } catch (LabInUseException e) {
                if (i == DEMOS_MAX) {
                    throw e;
                }
            }
        }
    }

    private int withOwnBox(Lab lab) throws IOException, InterruptedException {
        LabBox box = LabBox.start(lab, LabBox.config(MptcpConfig.defaults()));
        try (PathMeter meter = PathMeter.ofBox(box.counters())) {
            return captured(lab, () -> transferBothWays(lab, box.process(), meter));
        }
    }

    private int withHaproxy(Lab lab) throws IOException, InterruptedException {
        LabProcess haproxy = KernelProxy.HAPROXY.start(lab, 2);
        PathMeter meter = PathMeter.ofInterfaces(lab);
        return captured(lab, () -> transferBothWays(lab, haproxy, meter));
    }

    /** Something that may fail as the demo may. */
    private interface Act {
        int play() throws IOException, InterruptedException;
    }

    /** Writes what the client's two interfaces see to a file, headers only, if there is one. */
    private int captured(Lab lab, Act act) throws IOException, InterruptedException {
        if (captureTo == null) {
            return act.play();
        }
        try (Capture capture =
                Capture.start(lab, lab.client(), "demo", Capture.HEADERS_ONLY, "c1", "c2")) {
            int status = act.play();
            Files.copy(capture.stop(), captureTo, StandardCopyOption.REPLACE_EXISTING);
            return status;
        }
    }

    private void startBackend(Lab lab) throws IOException, InterruptedException {
        try {
            lab.closing(lab.backend().call(() -> LoadServer.start(LabAddresses.backend())));
            lab.client()
                    .call(() -> {
                        LoadClient.warmUp();
                        return true;
                    });
        } catch (IOException | InterruptedException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private int transferBothWays(Lab lab, LabProcess box, PathMeter meter)
            throws IOException, InterruptedException {
        List<String> summary = new ArrayList<>();
        for (Direction direction : Direction.values()) {
            Transfer transfer = new Transfer(lab, meter, direction, bytes);
            LoadReport report =
                    transfer.run(
                            () -> screen.show(Table.lines(boxName(), transfer), System.nanoTime()));
            Summary.judge(transfer, report, ownBox, verdicts);
            summary.addAll(Summary.lines(transfer, report));
        }
        verdicts.check(box.alive(), "the box still runs", "see " + box.log());
        screen.print(summary);
        screen.print(List.of(""));
        verdicts.missed().forEach(miss -> screen.say("  MISSED  " + miss));
        screen.say(
                verdicts.missed().isEmpty()
                        ? String.format(
                                Locale.ROOT, "  PASSED  all %d conditions", verdicts.checked())
                        : String.format(
                                Locale.ROOT,
                                "  FAILED  %d of %d conditions",
                                verdicts.missed().size(),
                                verdicts.checked()));
        return verdicts.missed().isEmpty() ? 0 : 1;
    }

    private String boxName() {
        return ownBox ? "mptcp-lb" : "HAProxy";
    }
}
