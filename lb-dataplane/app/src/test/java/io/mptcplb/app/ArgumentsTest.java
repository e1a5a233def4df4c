package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {
    @Test
    void stateDirectory_given_holdsTheCounters() throws Exception {
        Arguments parsed = parse("--config c --state s --control-group g");
        assertEquals(Path.of("c"), parsed.config());
        assertEquals(Path.of("s", "counters"), parsed.counters());
        assertEquals(Path.of("s"), parsed.state());
        assertEquals("g", parsed.controlGroup());
        assertFalse(parsed.shareDevices());
        assertFalse(parsed.shieldDevices());
        assertFalse(parsed.shielded());
        assertFalse(parsed.waits());
        assertTrue(parsed.warmUp());
    }

    @Test
    void withoutConfig_waitsForThatOfTheStateDirectory() throws Exception {
        Arguments parsed = parse("--state s --shielded");
        assertEquals(Path.of("s", "config.last"), parsed.config());
        assertTrue(parsed.waits());
        assertTrue(parsed.shielded());
    }

    @Test
    void countersAndState_given_countersWin() throws Exception {
        Arguments parsed = parse("--state s --counters f --config c --share-devices --no-warm-up");
        assertEquals(Path.of("f"), parsed.counters());
        assertTrue(parsed.shareDevices());
        assertFalse(parsed.warmUp());
    }

    @Test
    void shield_askedFor_isNoShare() throws Exception {
        Arguments parsed = parse("--state s --config c --shield-devices");
        assertTrue(parsed.shieldDevices());
        assertFalse(parsed.shareDevices());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--config c", "--counters c", "--config", "--config c --state s --x"})
    void wrongWords_parsed_refusedAsUsage(String line) {
        StartupException refused = assertThrows(StartupException.class, () -> parse(line));
        assertEquals(StartupException.USAGE, refused.status());
        assertTrue(String.valueOf(refused.getMessage()).contains("usage:"));
    }

    private static Arguments parse(String line) throws StartupException {
        return Arguments.parse(line.split(" ", -1));
    }
}
