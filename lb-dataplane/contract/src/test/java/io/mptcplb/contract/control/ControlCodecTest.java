package io.mptcplb.contract.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.mptcplb.contract.CodecException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
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
import org.junit.jupiter.api.Test;

class ControlCodecTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/control.v1.txt");
    private static final int FUZZ_INPUTS = Integer.getInteger("mptcplb.fuzz.inputs", 20_000);
    private static final long EPOCH = 0x1122_3344_5566_7788L;
    private static final HexFormat HEX = HexFormat.of();

    /** Lists may be empty where the record allows it, and optional parts absent. */
    private static final Set<ControlAttribute> OPTIONAL =
            Set.of(
                    ControlAttribute.MAX_SUBFLOWS,
                    ControlAttribute.PORT,
                    ControlAttribute.CLIENTS,
                    ControlAttribute.POOLS);

    @Test
    void everyMessage_roundTrips() throws CodecException {
        for (long seed = 0; seed < 300; seed++) {
            for (Message message : new RandomMessages(seed).ofEveryKind()) {
                Frame frame = only(ControlCodec.encode(EPOCH, seed, message));
                assertEquals(EPOCH, frame.epoch());
                assertEquals(seed, frame.sequence());
                assertEquals(message, frame.message(), "seed " + seed);
                assertEquals(message, frame.message(), "a second look sees the same");
            }
        }
    }

    @Test
    void everyKind_isTested() {
        Set<MessageType> seen = new HashSet<>();
        new RandomMessages(1).ofEveryKind().forEach(m -> seen.add(MessageType.of(m)));
        assertEquals(Set.of(MessageType.values()), seen);
    }

    @Test
    void goldenBytes_stayWhatTheyAre() throws IOException, CodecException {
        List<Message> messages = new RandomMessages(20).ofEveryKind();
        List<String> lines = new ArrayList<>();
        for (Message message : messages) {
            String name = MessageType.of(message).field();
            lines.add(name + " " + HEX.formatHex(ControlCodec.encode(EPOCH, 7, message)));
        }
        if (Boolean.getBoolean("mptcplb.golden.refresh")) {
            Files.write(GOLDEN, lines);
        }
        List<String> golden = Files.readAllLines(GOLDEN);
        for (int i = 0; i < messages.size(); i++) {
            String hex = golden.get(i).substring(golden.get(i).indexOf(' ') + 1);
            assertEquals(messages.get(i), only(HEX.parseHex(hex)).message(), golden.get(i));
        }
        assertEquals(
                golden, lines, "refresh with -Dmptcplb.golden.refresh=true and say why in commit");
    }

    @Test
    void unknownAttributes_areSkipped() throws CodecException {
        byte[] unknown = {(byte) 0xee, 0x01, 0, 0, 0, 3, 1, 2, 3};
        for (Message message : new RandomMessages(4).ofEveryKind()) {
            byte[] grown = concat(concat(unknown, body(message)), unknown);
            assertEquals(message, only(frame(message, grown)).message());
        }
    }

    @Test
    void everyAttribute_leftOut_isNamedOrOptional() {
        for (Message message : new RandomMessages(5).ofEveryKind()) {
            for (ControlAttribute attribute : ControlAttribute.values()) {
                byte[] body = body(message);
                byte[] without = drop(body, attribute.type());
                if (without.length == body.length || OPTIONAL.contains(attribute)) {
                    continue;
                }
                CodecException refused =
                        assertThrows(
                                CodecException.class,
                                () -> only(frame(message, without)).message(),
                                message + " without " + attribute);
                assertEquals(
                        MessageType.of(message).field() + "." + attribute.field() + ": missing",
                        refused.getMessage());
            }
        }
    }

    @Test
    void messages_nameFieldAndRule() {
        Message limit = new Command.SetSubflowLimit("web", java.util.Optional.of(8));
        byte[] tooMany = body(limit);
        tooMany[tooMany.length - 1] = 99;
        assertEquals("limit.maxSubflows: 99 is not in 0 to 8", refusal(frame(limit, tooMany)));
        Message drain = new Command.Drain("web", true);
        byte[] maybe = body(drain);
        maybe[maybe.length - 1] = 2;
        assertEquals("drain.draining: 2 is neither 0 nor 1", refusal(frame(drain, maybe)));
        assertEquals(
                "frame.type: unknown type 999",
                refusal(ControlCodec.frame(999, 0, 1, new byte[0])));
        byte[] flags = ControlCodec.encode(0, 1, drain);
        flags[7] = 1;
        assertEquals("frame.flags: 1, this program knows none", refusal(flags));
        byte[] endless = ControlCodec.encode(0, 1, drain);
        endless[0] = 0x7f;
        assertEquals("frame.length: 2130706479 is not in 24 to 1048576", refusal(endless));
        byte[] damaged = body(new RandomMessages(6).ofEveryKind().get(1));
        damaged[damaged.length - 1] ^= 1;
        assertEquals(
                "frame.checksum: the snapshot is damaged",
                refusal(ControlCodec.frame(MessageType.APPLY_CONFIG.number(), 0, 1, damaged)));
    }

    @Test
    void tooLong_isRefusedByTheSender() {
        Reply reply = new Reply(1, ReplyCode.INVALID, "x".repeat(ControlCodec.FRAME_BYTES_MAX));
        IllegalArgumentException refused =
                assertThrows(
                        IllegalArgumentException.class, () -> ControlCodec.encode(0, 1, reply));
        assertEquals("frame: 1048634 bytes are too many, at most 1048576", refused.getMessage());
    }

    @Test
    void stream_inPiecesOfAnySize_yieldsTheSameFrames() throws CodecException {
        List<Message> messages = new RandomMessages(8).ofEveryKind();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < messages.size(); i++) {
            all.writeBytes(ControlCodec.encode(EPOCH, i, messages.get(i)));
        }
        for (int size : new int[] {1, 7, 24, 1000, all.size()}) {
            FrameReader reader = new FrameReader();
            List<Message> read = new ArrayList<>();
            for (int at = 0; at < all.size(); at += size) {
                int piece = Math.min(size, all.size() - at);
                reader.append(ByteBuffer.wrap(all.toByteArray(), at, piece));
                for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
                    assertEquals(read.size(), frame.sequence());
                    read.add(frame.message());
                }
            }
            assertEquals(messages, read);
            assertEquals(0, reader.pendingBytes());
        }
    }

    @Test
    void promisedLength_reservesNothing() throws CodecException {
        FrameReader reader = new FrameReader();
        byte[] start = ByteBuffer.allocate(8).putInt(ControlCodec.FRAME_BYTES_MAX).array();
        reader.append(ByteBuffer.wrap(start));
        assertNull(reader.next());
        assertEquals(start.length, reader.pendingBytes());
    }

    @Test
    void mutatedStreams_areRefusedByName() {
        List<byte[]> frames = new ArrayList<>();
        for (long seed = 0; seed < 4; seed++) {
            new RandomMessages(seed)
                    .ofEveryKind()
                    .forEach(message -> frames.add(ControlCodec.encode(EPOCH, 1, message)));
        }
        for (int seed = 0; seed < FUZZ_INPUTS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] input = mutate(frames.get(seed % frames.size()), random);
            FrameReader reader = new FrameReader();
            reader.append(ByteBuffer.wrap(input));
            try {
                for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
                    assertNotNull(frame.message());
                }
            } catch (CodecException e) {
                assertTrue(
                        !e.field().isEmpty() && !e.getMessage().endsWith(": null"), e.getMessage());
            } catch (RuntimeException | Error e) {
                fail("seed " + seed, e);
            }
        }
    }

    @Test
    void numbers_areDistinct() {
        Set<Integer> types = new HashSet<>();
        for (MessageType type : MessageType.values()) {
            assertTrue(types.add(type.number()), type.name());
        }
        Set<Integer> attributes = new HashSet<>();
        for (ControlAttribute attribute : ControlAttribute.values()) {
            assertTrue(attributes.add(attribute.type()), attribute.name());
        }
    }

    private static String refusal(byte[] frame) {
        return assertThrows(CodecException.class, () -> only(frame).message()).getMessage();
    }

    private static Frame only(byte[] bytes) throws CodecException {
        FrameReader reader = new FrameReader();
        reader.append(ByteBuffer.wrap(bytes));
        Frame frame = reader.next();
        assertNotNull(frame);
        assertNull(reader.next());
        return frame;
    }

    private static byte[] frame(Message message, byte[] body) {
        return ControlCodec.frame(MessageType.of(message).number(), 0, 1, body);
    }

    private static byte[] body(Message message) {
        byte[] frame = ControlCodec.encode(0, 1, message);
        return Arrays.copyOfRange(frame, ControlCodec.HEADER_BYTES, frame.length);
    }

    /** Flips bits, sets bytes, repeats or leaves out a stretch: up to three times. */
    private static byte[] mutate(byte[] bytes, SplittableRandom random) {
        byte[] copy = bytes.clone();
        for (int i = random.nextInt(1, 4); i > 0 && copy.length > 0; i--) {
            int at = random.nextInt(copy.length);
            int to = Math.clamp(at + random.nextInt(-40, 40), 0, copy.length);
            switch (random.nextInt(4)) {
                case 0 -> copy[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> copy[at] = (byte) random.nextInt(256);
                case 2 -> copy[at] = random.nextBoolean() ? (byte) 0xff : 0;
                default ->
                        copy =
                                concat(
                                        Arrays.copyOf(copy, at),
                                        Arrays.copyOfRange(copy, to, copy.length));
            }
            if (random.nextInt(3) == 0 && copy.length >= Integer.BYTES) {
                ByteBuffer.wrap(copy).putInt(0, copy.length); // so that what is inside is reached
            }
        }
        return copy;
    }

    private static byte[] drop(byte[] container, int type) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteBuffer from = ByteBuffer.wrap(container);
        while (from.hasRemaining()) {
            int start = from.position();
            int found = from.getShort() & 0xffff;
            int bytes = from.getInt();
            from.position(from.position() + bytes);
            if (found != type) {
                out.write(container, start, from.position() - start);
            }
        }
        return out.toByteArray();
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
