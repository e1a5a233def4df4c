package io.mptcplb.bench.lab;

import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.PortConfig;
import io.mptcplb.contract.PortDevice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a pod has that asks for NET_RAW and nothing else, on a host with usual limits. */
public final class LeastRights {
    private static final int NOBODY = 65_534;

    /** NET_RAW is what the box needs; the other only reads a source tree in a closed home. */
    private static final String RIGHTS = "+net_raw,+dac_read_search";

    private LeastRights() {}

    /**
     * The same with queues of 256 KiB, the next size above the 212,992 bytes of net.core.rmem_max
     * that is the usual default: eight super-frames fill one.
     */
    public static LbConfig smallQueues(LbConfig config) {
        return config.withPorts(config.ports().stream().map(LeastRights::withSmallQueue).toList());
    }

    private static PortConfig withSmallQueue(PortConfig port) {
        PortDevice device = port.device();
        return port.withDevice(
                new PortDevice(
                        device.driver(),
                        device.name(),
                        device.mtuBytes(),
                        device.mac(),
                        PortDevice.QUEUE_FRAMES_MIN));
    }

    /** A change of {@link LabBox}'s command line: nobody, NET_RAW, no new privileges. */
    public static List<String> asNobody(List<String> command) {
        try {
            giveToNobody(Path.of(command.get(command.indexOf("--state") + 1)));
            giveToNobody(Path.of(command.get(command.indexOf("--config") + 1)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "setpriv",
                                "--reuid=" + NOBODY,
                                "--regid=" + NOBODY,
                                "--clear-groups",
                                "--no-new-privs",
                                "--inh-caps=" + RIGHTS,
                                "--ambient-caps=" + RIGHTS));
        words.addAll(command);
        return words;
    }

    private static void giveToNobody(Path path) throws IOException {
        Files.setAttribute(path, "unix:uid", NOBODY);
        Files.setAttribute(path, "unix:gid", NOBODY);
    }
}
