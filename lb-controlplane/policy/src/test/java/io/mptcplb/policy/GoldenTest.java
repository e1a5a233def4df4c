package io.mptcplb.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.mptcplb.contract.CodecException;
import io.mptcplb.contract.ConfigCodec;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each {@code golden/*.yaml} with what it compiles to. {@code -Dmptcplb.golden.refresh=true}
 * rewrites the answers.
 */
class GoldenTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    static List<Path> compiled() throws IOException {
        return inputs("compiled");
    }

    static List<Path> refused() throws IOException {
        return inputs("refused");
    }

    private static List<Path> inputs(String directory) throws IOException {
        try (Stream<Path> files = Files.list(GOLDEN.resolve(directory))) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("compiled")
    void soundDocument_compiles(Path input) throws IOException, CodecException {
        Compilation.Compiled compiled = compiled(input, 7);
        String paths = "paths:" + dump(compiled.paths().policies(), "  ");
        compare(input, dump(compiled.config(), "") + "\n" + paths + "\n");
        byte[] snapshot = ConfigCodec.encode(compiled.config());
        assertEquals(compiled.config(), ConfigCodec.decode(snapshot), "survives the codec");
    }

    @ParameterizedTest
    @MethodSource("refused")
    void document_isRefusedWithEveryMistake(Path input) throws IOException {
        Compilation result = LbYaml.compile("lb.yaml", Files.readString(input), 7);
        Compilation.Refused refused = assertInstanceOf(Compilation.Refused.class, result);
        String lines =
                refused.problems().stream()
                        .map(Problem::toString)
                        .collect(Collectors.joining("\n", "", "\n"));
        compare(input, lines);
    }

    static List<Path> differences() throws IOException {
        return inputs("diff").stream()
                .filter(file -> file.toString().endsWith(".after.yaml"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("differences")
    void twoDocuments_differ(Path after) throws IOException {
        Path before = Path.of(after.toString().replace(".after.", ".before."));
        Compilation.Compiled old = compiled(before, 7);
        Compilation.Compiled now = compiled(after, 8);
        String lines =
                ConfigDiff.between(old, now).stream()
                        .map(change -> change + "\n")
                        .collect(Collectors.joining());
        compare(after, lines);
        assertEquals(List.of(), ConfigDiff.between(now, compiled(after, 9)), "a generation alone");
    }

    private static Compilation.Compiled compiled(Path file, long generation) throws IOException {
        Compilation result = LbYaml.compile("lb.yaml", Files.readString(file), generation);
        return assertInstanceOf(Compilation.Compiled.class, result, result::toString);
    }

    private static void compare(Path input, String answer) throws IOException {
        Path golden = Path.of(input.toString().replaceAll("\\.yaml$", ".out"));
        if (Boolean.getBoolean("mptcplb.golden.refresh")) {
            Files.writeString(golden, answer);
        }
        assertEquals(Files.readString(golden), answer);
    }

    /** Records as indented text: one line for each leaf. */
    private static String dump(Object value, String indent) {
        if (value instanceof List<?> list) {
            return list.isEmpty()
                    ? " []"
                    : list.stream()
                            .map(item -> "\n" + indent + "-" + dump(item, indent + "  "))
                            .collect(Collectors.joining());
        }
        if (value instanceof Optional<?> optional) {
            return optional.map(item -> dump(item, indent)).orElse(" none");
        }
        boolean leaf = !(value instanceof Record) || value.toString().indexOf('[') < 0;
        if (leaf) {
            return " " + value;
        }
        StringBuilder text = new StringBuilder();
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            try {
                Object part = component.getAccessor().invoke(value);
                text.append('\n')
                        .append(indent)
                        .append(component.getName())
                        .append(':')
                        .append(dump(part, indent + "  "));
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }
        return text.toString();
    }
}
