package io.mptcplb.app.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.EvaluationResult;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The house keeps its rules, and each rule sees what it forbids. */
class HouseRulesTest {
    private static final String HOUSE = "io.mptcplb";
    private static final String PLANTED = "io.mptcplb.app.house.planted";

    private static final JavaClasses SHIPPED =
            new ClassFileImporter()
                    .withImportOption(location -> !location.contains("/test-classes/"))
                    .importPackages(HOUSE);
    private static final JavaClasses VIOLATIONS = planted();

    /** The planted classes that each rule must name; what a rule misses is listed by the test. */
    private static final Map<HouseRule, Set<String>> PLANTS =
            Map.ofEntries(
                    Map.entry(HouseRule.ROOMS_FOLLOW_THE_ARROWS, Set.of("wire.KnowsStack")),
                    Map.entry(HouseRule.STACK_FOLLOWS_THE_ARROWS, Set.of("stack.tcp.KnowsMptcp")),
                    Map.entry(
                            HouseRule.NO_CYCLES,
                            Set.of(
                                    "wire.KnowsStack",
                                    "stack.tcp.KnowsMptcp",
                                    "stack.mptcp.KnowsTcp")),
                    Map.entry(HouseRule.NO_UTIL_PACKAGES, Set.of("proxy.util.Strings")),
                    Map.entry(
                            HouseRule.ONLY_APP_READS_CLOCKS,
                            Set.of("proxy.ReadsClock", "proxy.ReadsInstant")),
                    Map.entry(
                            HouseRule.NO_HIDDEN_RANDOMNESS,
                            Set.of("proxy.DrawsItself", "proxy.DrawsSecretsItself")),
                    Map.entry(HouseRule.NO_UNSAFE, Set.of("frame.TouchesUnsafe")),
                    Map.entry(
                            HouseRule.PACKET_PATH_HAS_ONE_OWNER,
                            Set.of(
                                    "stack.tcp.LocksBlock",
                                    "stack.tcp.LocksMethod",
                                    "stack.tcp.SharesField",
                                    "stack.tcp.UsesAtomic")),
                    Map.entry(
                            HouseRule.PACKET_PATH_IS_SANS_IO,
                            Set.of("stack.tcp.OpensFile", "stack.tcp.Prints")),
                    Map.entry(
                            HouseRule.PACKET_PATH_HAS_NO_STREAMS,
                            Set.of("stack.tcp.Streams", "stack.tcp.Iterates")),
                    Map.entry(HouseRule.PROTOCOL_FIELDS_ARE_ADDRESSES, Set.of("wire.HoldsSegment")),
                    Map.entry(HouseRule.NO_STATIC_MUTABLE_STATE, Set.of("proxy.CountsForAll")),
                    Map.entry(HouseRule.NO_SLEEP, Set.of("app.Hopes")));

    @Test
    void house_imported_holdsEveryRoom() throws IOException {
        Set<String> rooms = new TreeSet<>();
        SHIPPED.forEach(each -> rooms.add(each.getPackageName().split("\\.")[2]));

        Set<String> missing = new TreeSet<>();
        try (Stream<Path> modules = Files.list(Path.of(".."))) {
            modules.filter(module -> Files.exists(module.resolve("src/main/java/io/mptcplb")))
                    .map(module -> module.getFileName().toString())
                    .filter(room -> !room.equals("bench") && !rooms.contains(room))
                    .forEach(missing::add);
        }
        assertEquals(Set.of(), missing, "rooms that are not on the class path of the rules");
    }

    @ParameterizedTest
    @EnumSource
    void shippedClasses_ruleEvaluated_holds(HouseRule rule) {
        EvaluationResult result = rule.at(HOUSE).evaluate(SHIPPED);

        assertFalse(result.hasViolation(), () -> String.join("\n", lines(result)));
    }

    @ParameterizedTest
    @EnumSource
    void plantedViolation_ruleEvaluated_isNamed(HouseRule rule) {
        List<String> lines = lines(rule.at(PLANTED).evaluate(VIOLATIONS));

        Set<String> missed = new TreeSet<>(PLANTS.get(rule));
        missed.removeIf(
                plant -> lines.stream().anyMatch(line -> line.contains(PLANTED + "." + plant)));

        assertEquals(Set.of(), missed, () -> rule + " saw only:\n" + String.join("\n", lines));
    }

    @ParameterizedTest
    @EnumSource
    void goodPlantedClass_ruleEvaluated_isNotNamed(HouseRule rule) {
        List<String> lines = lines(rule.at(PLANTED).evaluate(VIOLATIONS));

        assertTrue(
                lines.stream().noneMatch(line -> line.contains("KeepsTheRules")),
                () -> String.join("\n", lines));
    }

    /** The planted packages, and a class that javac would not compile without a warning. */
    private static JavaClasses planted() {
        try {
            Path generated = Files.createTempFile("TouchesUnsafe", ".class");
            ClassDesc unsafe = ClassDesc.of("sun.misc.Unsafe");
            ClassFile.of()
                    .buildTo(
                            generated,
                            ClassDesc.of(PLANTED + ".frame.TouchesUnsafe"),
                            touching -> touching.withField("unsafe", unsafe, 0));
            generated.toFile().deleteOnExit();
            URI packages = HouseRulesTest.class.getResource("planted").toURI();
            return new ClassFileImporter().importPaths(Path.of(packages), generated);
        } catch (IOException | URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> lines(EvaluationResult result) {
        return result.getFailureReport().getDetails();
    }
}
