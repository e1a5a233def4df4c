package io.mptcplb.controlplane.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.contract.CodecException;
import io.mptcplb.contract.ConfigFile;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.policy.Compilation.Compiled;
import io.mptcplb.policy.LbYaml;
import io.mptcplb.policy.path.PathTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandsTest {
    private static final Path EXAMPLE = Path.of("lb.example.yaml");

    @TempDir private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(Object... words) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        String[] texts = new String[words.length];
        for (int i = 0; i < words.length; i++) {
            texts[i] = words[i].toString();
        }
        return line.execute(texts);
    }

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("lb.yaml"), text);
    }

    @Test
    void example_compilesAndShowsDefaults() throws IOException, CodecException {
        assertEquals(0, run("check", "-c", EXAMPLE), err::toString);
        assertEquals(
                EXAMPLE + ": in order: 1 worker, 3 ports, 1 virtual server, 1 pool\n",
                out.toString());
        Path snapshot = directory.resolve("config.last");
        assertEquals(
                0,
                run("compile", EXAMPLE, "--output", snapshot, "--generation", "5"),
                err::toString);
        LbConfig config = ConfigFile.read(snapshot);
        assertEquals(5, config.generation());
        assertEquals("", err.toString());
    }

    /**
     * What the example shows as default is the default: without those lines the configuration is
     * the same.
     */
    @Test
    void example_defaultsAreTrue() throws IOException, CodecException {
        String text = Files.readString(EXAMPLE);
        String shorter =
                text.replaceAll("(?ms)^(workers|buffers|sizes):.*?(?=^\\S)", "")
                        .replaceAll(
                                "(?m)^"
                                    + " +(driver|cost|mtu|mac|queueFrames|vlan|balance|weight|enabled|checksumRequired|maxSubflows|idle|backendConnect|halfClosed|withoutSubflow|joinInitialAddress|timeouts|limits|failover|linkDown|stalledShare|retransmittedShare|roundTrip|holdTime|maxSwitches|window):.*\n",
                                "");
        assertTrue(shorter.length() < text.length() - 1500, shorter);
        Path whole = directory.resolve("whole");
        Path terse = directory.resolve("terse");
        assertEquals(0, run("compile", EXAMPLE, "-o", whole, "--generation", "1"));
        assertEquals(
                0, run("compile", write(shorter), "-o", terse, "--generation", "1"), err::toString);
        assertEquals(ConfigFile.read(whole), ConfigFile.read(terse));
        assertEquals(paths(text), paths(shorter));
    }

    private static PathTable paths(String text) {
        return assertInstanceOf(Compiled.class, LbYaml.compile("lb.yaml", text, 1)).paths();
    }

    @Test
    void mistakes_areSaidAndNothingIsWritten() throws IOException {
        Path snapshot = directory.resolve("config.last");
        Path input = write("ports: []\nvirtualServers: []\npool: []\n");
        assertEquals(2, run("compile", "-c", input, "-o", snapshot));
        assertEquals(
                """
                lb.yaml:1: pools: missing
                lb.yaml:1: ports: is empty
                lb.yaml:3: pool: unknown key, did you mean pools?
                3 mistakes in %s
                """
                        .formatted(input),
                err.toString());
        assertEquals("", out.toString());
        assertFalse(Files.exists(snapshot));
    }

    @Test
    void fileProblems_haveTheirOwnStatus() throws IOException {
        assertEquals(66, run("check", "-c", directory.resolve("absent.yaml")));
        assertTrue(err.toString().startsWith("there is no file "), err.toString());
        Path latin = directory.resolve("latin.yaml");
        Files.write(latin, "# caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        assertEquals(66, run("check", "-c", latin));
        assertEquals(73, run("compile", "-c", EXAMPLE, "-o", directory.resolve("no/such/place")));
        assertEquals(64, run("compile", "-c", EXAMPLE));
        assertEquals(64, run("check", "--nonsense"));
        assertEquals(66, run("top", "--once", "--counters", directory.resolve("counters")));
        assertEquals(64, run("top", "--once", "--interval", "0", "--counters", EXAMPLE));
        assertEquals(66, run("top", "--once", "--counters", EXAMPLE));
    }

    @Test
    void host_isHeldAgainstTheMachine() throws IOException {
        Path input =
                write(
                        """
                        ports:
                          - {name: only, device: no-such-dev0, role: both, addresses: [192.0.2.10/24]}
                        virtualServers: []
                        pools: []
                        """);
        assertEquals(0, run("check", "-c", input));
        assertEquals(2, run("check", "--host", "-c", input));
        assertTrue(
                err.toString()
                        .contains(
                                "lb.yaml:2: ports[0].device: there is no network device"
                                        + " no-such-dev0"),
                err.toString());
    }
}
