package io.mptcplb.controlplane.app.house;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import java.util.function.Function;

/** The arrows of the control plane, as functions of the package that the house stands in. */
enum ControlPlaneRule {
    /** The dataplane may be rebuilt behind its contract; nothing else of it is known here. */
    DATAPLANE_IS_KNOWN_BY_ITS_CONTRACT(root ->
            noClasses()
                    .that(
                            resideInAnyPackage(
                                    root + ".api..",
                                    root + ".policy..",
                                    root + ".operator..",
                                    root + ".controlplane.."))
                    .should()
                    .dependOnClassesThat(
                            resideInAnyPackage(root + "..")
                                    .and(
                                            DescribedPredicate.not(
                                                    resideInAnyPackage(
                                                            root + ".contract..",
                                                            root + ".api..",
                                                            root + ".policy..",
                                                            root + ".operator..",
                                                            root + ".controlplane.."))))),

    /** What decides knows nothing of the programs that ask. */
    POLICY_STANDS_BELOW(root ->
            noClasses()
                    .that(resideInAnyPackage(root + ".policy.."))
                    .should()
                    .dependOnClassesThat(resideInAnyPackage(root + ".controlplane.."))),

    /** The same text gives the same configuration on every machine, at every time. */
    POLICY_IS_PURE(root ->
            noClasses()
                    .that(resideInAnyPackage(root + ".policy.."))
                    .should()
                    .dependOnClassesThat(
                            resideInAnyPackage(
                                    "java.nio.file..",
                                    "java.nio.channels..",
                                    "java.net..",
                                    "java.util.concurrent..",
                                    "java.time.."))
                    .orShould()
                    .dependOnClassesThat(
                            named(
                                    "java.io.File",
                                    "java.io.FileInputStream",
                                    "java.lang.Thread",
                                    "java.util.Random",
                                    "java.security.SecureRandom"))
                    .orShould()
                    .accessTargetWhere(
                            system(
                                    "nanoTime",
                                    "currentTimeMillis",
                                    "getenv",
                                    "getProperty",
                                    "out",
                                    "err"))),

    /** No two packages know each other, not even by way of a third. */
    NO_CYCLES(root -> slices().matching(root + ".(*)..").should().beFreeOfCycles()),

    /** What has no better name than that has no place of its own. */
    NO_UTIL_PACKAGES(root ->
            noClasses()
                    .should()
                    .resideInAnyPackage(
                            root + "..util..",
                            root + "..utils..",
                            root + "..common..",
                            root + "..helper..",
                            root + "..helpers..",
                            root + "..misc.."));

    private final Function<String, ArchRule> at;

    ControlPlaneRule(Function<String, ArchRule> at) {
        this.at = at;
    }

    /** This rule for a house whose rooms are the packages right under {@code root}. */
    ArchRule at(String root) {
        return at.apply(root).as(name());
    }

    private static DescribedPredicate<JavaClass> named(String... names) {
        Set<String> wanted = Set.of(names);
        return DescribedPredicate.describe(
                String.join(" or ", names), javaClass -> wanted.contains(javaClass.getName()));
    }

    private static DescribedPredicate<JavaAccess<?>> system(String... names) {
        Set<String> wanted = Set.of(names);
        return DescribedPredicate.describe(
                "System." + String.join("/", names),
                access ->
                        access.getTargetOwner().isEquivalentTo(System.class)
                                && wanted.contains(access.getTarget().getName()));
    }
}
