package io.mptcplb.controlplane.app.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.EvaluationResult;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The control plane keeps its rules, and each rule sees what it forbids. */
class ControlPlaneRulesTest {
    private static final String HOUSE = "io.mptcplb";
    private static final String PLANTED = "io.mptcplb.controlplane.app.house.planted";

    /** The dataplane is there for tests only, but for its contract. */
    private static final JavaClasses SHIPPED =
            new ClassFileImporter()
                    .withImportOption(location -> !location.contains("/test-classes/"))
                    .withImportOption(location ->
                            !location.contains("/lb-dataplane/")
                                    || location.contains("/lb-dataplane/contract/"))
                    .importPackages(HOUSE);

    private static final JavaClasses VIOLATIONS = new ClassFileImporter().importPackages(PLANTED);

    /** The planted classes that each rule must name. */
    private static final Map<ControlPlaneRule, Set<String>> PLANTS =
            Map.of(
                    ControlPlaneRule.DATAPLANE_IS_KNOWN_BY_ITS_CONTRACT,
                    Set.of("controlplane.app.KnowsStack"),
                    ControlPlaneRule.POLICY_STANDS_BELOW,
                    Set.of("policy.KnowsProgram"),
                    ControlPlaneRule.POLICY_IS_PURE,
                    Set.of("policy.ReadsClock", "policy.ReadsFile"),
                    ControlPlaneRule.NO_CYCLES,
                    Set.of("policy.KnowsProgram", "controlplane.app.KnowsPolicy"),
                    ControlPlaneRule.NO_UTIL_PACKAGES,
                    Set.of("policy.util.Strings"));

    @Test
    void house_imported_holdsEveryRoom() {
        Set<String> rooms = new TreeSet<>();
        SHIPPED.forEach(each -> rooms.add(each.getPackageName().split("\\.")[2]));

        assertEquals(Set.of("api", "contract", "controlplane", "operator", "policy"), rooms);
    }

    @ParameterizedTest
    @EnumSource
    void shippedClasses_ruleEvaluated_holds(ControlPlaneRule rule) {
        EvaluationResult result = rule.at(HOUSE).evaluate(SHIPPED);

        assertFalse(result.hasViolation(), () -> String.join("\n", lines(result)));
    }

    @ParameterizedTest
    @EnumSource
    void plantedViolation_ruleEvaluated_isNamed(ControlPlaneRule rule) {
        List<String> lines = lines(rule.at(PLANTED).evaluate(VIOLATIONS));

        Set<String> missed = new TreeSet<>(PLANTS.get(rule));
        missed.removeIf(
                plant -> lines.stream().anyMatch(line -> line.contains(PLANTED + "." + plant)));

        assertEquals(Set.of(), missed, () -> rule + " saw only:\n" + String.join("\n", lines));
    }

    @ParameterizedTest
    @EnumSource
    void goodPlantedClass_ruleEvaluated_isNotNamed(ControlPlaneRule rule) {
        List<String> lines = lines(rule.at(PLANTED).evaluate(VIOLATIONS));

        assertTrue(
                lines.stream().noneMatch(line -> line.contains("KeepsTheRules")),
                () -> String.join("\n", lines));
    }

    private static List<String> lines(EvaluationResult result) {
        return result.getFailureReport().getDetails();
    }
}
