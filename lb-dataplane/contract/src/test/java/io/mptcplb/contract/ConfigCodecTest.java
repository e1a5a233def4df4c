package io.mptcplb.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigCodecTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/config.v1.hex");
    private static final int FUZZ_INPUTS = Integer.getInteger("mptcplb.fuzz.inputs", 20_000);

    /** Containers by attribute number: what may be looked into. */
    private static final Set<Integer> CONTAINERS =
            Set.of(2, 3, 4, 5, 6, 7, 54, 55, 84, 85, 87, 91, 104, 142);

    @Test
    void anyConfig_roundTrips() throws CodecException {
        for (long seed = 0; seed < 2_000; seed++) {
            LbConfig config = new RandomConfigs(new SplittableRandom(seed)).next();
            assertEquals(config, ConfigCodec.decode(ConfigCodec.encode(config)), "seed " + seed);
        }
    }

    @Test
    void goldenBytes_stayWhatTheyAre() throws IOException, CodecException {
        LbConfig config = new RandomConfigs(new SplittableRandom(20)).next();
        HexFormat hex = HexFormat.of();
        if (Boolean.getBoolean("mptcplb.golden.refresh")) {
            String lines =
                    hex.formatHex(ConfigCodec.encode(config)).replaceAll(".{64}", "$0\n") + "\n";
            Files.writeString(GOLDEN, lines);
        }
        byte[] golden = hex.parseHex(Files.readString(GOLDEN).replaceAll("\\s", ""));
        assertEquals(config, ConfigCodec.decode(golden), "an old snapshot decodes as ever");
        assertEquals(
                hex.formatHex(golden),
                hex.formatHex(ConfigCodec.encode(config)),
                "refresh with -Dmptcplb.golden.refresh=true and say why in the commit");
    }

    @Test
    void unknownAttributes_everywhere_areSkipped() throws CodecException {
        byte[] unknown = {(byte) 0xee, 0x01, 0, 0, 0, 3, 1, 2, 3};
        for (long seed = 0; seed < 50; seed++) {
            LbConfig config = new RandomConfigs(new SplittableRandom(seed)).next();
            byte[] grown =
                    rewrite(payload(config), inner -> concat(concat(unknown, inner), unknown));
            assertEquals(config, ConfigCodec.decode(ConfigCodec.frame(grown)), "seed " + seed);
        }
    }

    @Test
    void mutatedBytes_areRefusedByName() {
        byte[][] payloads = new byte[64][];
        for (int i = 0; i < payloads.length; i++) {
            payloads[i] = payload(new RandomConfigs(new SplittableRandom(i)).next());
        }
        for (int seed = 0; seed < FUZZ_INPUTS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] input = ConfigCodec.frame(mutate(payloads[seed % payloads.length], random));
            if (random.nextInt(8) == 0) {
                input = mutate(input, random);
            }
            try {
                ConfigCodec.decode(input);
            } catch (CodecException e) {
                assertTrue(
                        !e.field().isEmpty() && !e.getMessage().endsWith(": null"), e.getMessage());
            } catch (RuntimeException | Error e) {
                fail("seed " + seed, e);
            }
        }
    }

    @Test
    void truncated_anywhere_isRefused() {
        byte[] payload = payload(new RandomConfigs(new SplittableRandom(20)).next());
        Set<Integer> ends = topLevelEnds(payload);
        for (int bytes = 0; bytes < payload.length; bytes++) {
            byte[] shorter = ConfigCodec.frame(Arrays.copyOf(payload, bytes));
            if (!ends.contains(bytes)) {
                assertThrows(CodecException.class, () -> ConfigCodec.decode(shorter));
            }
        }
        byte[] whole = ConfigCodec.frame(payload);
        for (int bytes = 0; bytes < whole.length; bytes++) {
            byte[] shorter = Arrays.copyOf(whole, bytes);
            assertThrows(CodecException.class, () -> ConfigCodec.decode(shorter));
        }
    }

    @Test
    void boxesForStrays_areKept_inTheirOrder() throws CodecException {
        LbConfig config = new RandomConfigs(new SplittableRandom(8)).next();
        LbConfig passing =
                new LbConfig(
                        config.generation(),
                        config.workers(),
                        config.buffers(),
                        config.sizes(),
                        config.ports(),
                        config.virtualServers(),
                        config.pools(),
                        List.of(IpAddress.parse("2001:db8::11"), IpAddress.parse("192.0.2.11")));
        assertEquals(passing, ConfigCodec.decode(ConfigCodec.encode(passing)));
    }

    @Test
    void everyAttribute_leftOut_isNamedOrOptional() {
        Set<Integer> optional = Set.of(8, 22, 54, 56, 65, 87, 88, 104, 105, 6, 142);
        LbConfig config = richConfig();
        for (Attribute attribute : Attribute.values()) {
            byte[] without = rewrite(payload(config), inner -> drop(inner, attribute.type()));
            if (optional.contains(attribute.type())) {
                continue;
            }
            CodecException refused =
                    assertThrows(
                            CodecException.class,
                            () -> ConfigCodec.decode(ConfigCodec.frame(without)),
                            attribute.name());
            String named = attribute == Attribute.POOL ? "no pool is named" : attribute.field();
            assertTrue(
                    refused.getMessage().contains(named),
                    attribute + " answered with " + refused.getMessage());
        }
    }

    @Test
    void messages_nameFieldAndRule() {
        byte[] good = ConfigCodec.encode(richConfig());
        assertEquals("frame.magic: not a configuration snapshot", refusal(changed(good, 0, 0)));
        assertEquals("frame.version: 9, this program reads 1", refusal(changed(good, 5, 9)));
        assertEquals("frame.flags: 1, this program knows none", refusal(changed(good, 7, 1)));
        assertEquals(
                "frame.checksum: the snapshot is damaged",
                refusal(changed(good, good.length - 1, 77)));
        assertEquals("frame: 3 bytes are not in 16 to 16777216", refusal(new byte[3]));
        byte[] twice = payload(richConfig());
        assertEquals(
                "generation: appears twice",
                refusal(ConfigCodec.frame(concat(Arrays.copyOf(twice, 14), twice))));
        byte[] badDriver = rewrite(payload(richConfig()), inner -> set(inner, 60, 99));
        assertEquals(
                "ports[0].device.driver: unknown code 99", refusal(ConfigCodec.frame(badDriver)));
        byte[] badPort = rewrite(payload(richConfig()), inner -> set(inner, 152, 70_000));
        assertEquals(
                "pools[0].backends[0]: backends.port: 70000 is not in 1 to 65535",
                refusal(ConfigCodec.frame(badPort)));
    }

    @Test
    void hostileLengths_costNoMemory() throws CodecException {
        ByteArrayOutputStream many = new ByteArrayOutputStream();
        byte[] empty = {0, 6, 0, 0, 0, 0};
        for (int i = 0; i < 500_000; i++) {
            many.writeBytes(empty);
        }
        byte[] bomb = ConfigCodec.frame(many.toByteArray());
        assertThrows(CodecException.class, () -> ConfigCodec.decode(bomb));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThrows(CodecException.class, () -> ConfigCodec.decode(bomb));
        long used = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(used < 1 << 20, used + " bytes allocated");
    }

    @Test
    void file_roundTripsAndLeavesNothingElse(@TempDir Path directory)
            throws IOException, CodecException {
        Path path = directory.resolve("config.last");
        for (long seed = 0; seed < 3; seed++) {
            LbConfig config = new RandomConfigs(new SplittableRandom(seed)).next();
            ConfigFile.write(path, config);
            assertEquals(config, ConfigFile.read(path));
        }
        try (var files = Files.list(directory)) {
            assertEquals(List.of(path), files.toList());
        }
        Files.write(path, new byte[20]);
        assertThrows(CodecException.class, () -> ConfigFile.read(path));
    }

    @Test
    void attributeNumbers_areDistinct() {
        Set<Integer> seen = new HashSet<>();
        for (Attribute attribute : Attribute.values()) {
            assertTrue(seen.add(attribute.type()), attribute.name());
        }
    }

    /** One with every list filled. */
    private static LbConfig richConfig() {
        for (long seed = 0; ; seed++) {
            LbConfig config = new RandomConfigs(new SplittableRandom(seed)).next();
            boolean rich =
                    !config.workers().cores().isEmpty()
                            && !config.ports().getFirst().routes().isEmpty()
                            && !config.pools().getFirst().backends().isEmpty()
                            && config.virtualServers().stream()
                                    .anyMatch(server -> !server.mptcp().advertise().isEmpty())
                            && config.virtualServers().stream()
                                    .anyMatch(server -> !server.clientPolicies().isEmpty());
            if (rich) {
                return config;
            }
        }
    }

    private static byte[] payload(LbConfig config) {
        byte[] frame = ConfigCodec.encode(config);
        return Arrays.copyOfRange(frame, ConfigCodec.FRAME_BYTES, frame.length);
    }

    private static String refusal(byte[] bytes) {
        return assertThrows(CodecException.class, () -> ConfigCodec.decode(bytes)).getMessage();
    }

    private static byte[] changed(byte[] bytes, int at, int value) {
        byte[] copy = bytes.clone();
        copy[at] = (byte) value;
        return copy;
    }

    private static byte[] mutate(byte[] bytes, SplittableRandom random) {
        byte[] copy = bytes.clone();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            int at = random.nextInt(copy.length);
            switch (random.nextInt(5)) {
                case 0 -> copy[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> copy[at] = (byte) random.nextInt(256);
                case 2 -> copy[at] = random.nextBoolean() ? (byte) 0xff : 0;
                case 3 ->
                        copy =
                                concat(
                                        Arrays.copyOf(copy, at),
                                        Arrays.copyOfRange(
                                                copy,
                                                Math.min(copy.length, at + random.nextInt(40)),
                                                copy.length));
                default ->
                        copy =
                                concat(
                                        Arrays.copyOf(copy, at),
                                        Arrays.copyOfRange(
                                                copy,
                                                Math.max(0, at - random.nextInt(40)),
                                                copy.length));
            }
            if (copy.length == 0) {
                return copy;
            }
        }
        return copy;
    }

    /** Applies {@code change} to the inside of every container, innermost first, and to the top. */
    private static byte[] rewrite(byte[] container, UnaryOperator<byte[]> change) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Item item : items(container)) {
            byte[] value =
                    CONTAINERS.contains(item.type) ? rewrite(item.value, change) : item.value;
            out.writeBytes(bytes(item.type, value));
        }
        return change.apply(out.toByteArray());
    }

    private static byte[] drop(byte[] container, int type) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        items(container).stream()
                .filter(item -> item.type != type)
                .forEach(item -> out.writeBytes(bytes(item.type, item.value)));
        return out.toByteArray();
    }

    private static byte[] set(byte[] container, int type, long value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] number = ByteBuffer.allocate(8).putLong(value).array();
        items(container)
                .forEach(item ->
                        out.writeBytes(bytes(item.type, item.type == type ? number : item.value)));
        return out.toByteArray();
    }

    private static Set<Integer> topLevelEnds(byte[] payload) {
        Set<Integer> ends = new HashSet<>(Set.of(0));
        int at = 0;
        for (Item item : items(payload)) {
            at += AttributeWriter.HEADER_BYTES + item.value.length;
            ends.add(at);
        }
        return ends;
    }

    private record Item(int type, byte[] value) {}

    private static List<Item> items(byte[] container) {
        List<Item> items = new ArrayList<>();
        ByteBuffer from = ByteBuffer.wrap(container);
        while (from.hasRemaining()) {
            int type = from.getShort() & 0xffff;
            byte[] value = new byte[from.getInt()];
            from.get(value);
            items.add(new Item(type, value));
        }
        return items;
    }

    private static byte[] bytes(int type, byte[] value) {
        byte[] header = ByteBuffer.allocate(6).putShort((short) type).putInt(value.length).array();
        return concat(header, value);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
