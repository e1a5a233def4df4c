package io.mptcplb.app.house;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What the compiler cannot hold: the arrows of the house and the bans of the packet path.
 *
 * <p>Each rule is a function of the package that the house stands in, so that the same rule is
 * tried on {@code planted}, a small house in which each rule is broken once.
 */
enum HouseRule {
    /** A room depends on the rooms named here, the JDK and JSpecify, and on nothing else. */
    ROOMS_FOLLOW_THE_ARROWS(root ->
            arrows(
                    root,
                    Map.of(
                            "contract", Set.of(),
                            "frame", Set.of(),
                            "wire", Set.of("frame"),
                            "stack", Set.of("frame", "wire"),
                            "dpdk", Set.of("frame"),
                            "proxy", Set.of("contract", "frame", "wire", "stack"),
                            "sim", Set.of("contract", "frame", "wire", "stack", "proxy"),
                            "app", Set.of("contract", "frame", "wire", "stack", "proxy", "dpdk")))),

    /** Inside the stack: MPTCP knows TCP, TCP knows what it stands on, and never the other way. */
    STACK_FOLLOWS_THE_ARROWS(root ->
            arrows(
                    root + ".stack",
                    Map.of(
                            "random", Set.of(),
                            "time", Set.of(),
                            "buffer", Set.of(),
                            "flow", Set.of("random"),
                            "congestion", Set.of("time"),
                            "path", Set.of("time", "random"),
                            "ip", Set.of("buffer", "flow", "random", "time"),
                            "tcp", Set.of("buffer", "congestion", "flow", "ip", "random", "time"),
                            "mptcp",
                                    Set.of(
                                            "buffer",
                                            "congestion",
                                            "flow",
                                            "ip",
                                            "path",
                                            "random",
                                            "tcp",
                                            "time")),
                    root + ".frame..",
                    root + ".wire..")),

    /** No two packages know each other, not even by way of a third. */
    NO_CYCLES(root ->
            CompositeArchRule.of(
                            slices().matching(root + ".(*)..")
                                    .should()
                                    .beFreeOfCycles()
                                    .allowEmptyShould(true))
                    .and(
                            slices().matching(root + ".(*).(*)..")
                                    .should()
                                    .beFreeOfCycles()
                                    .allowEmptyShould(true))),

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
                            root + "..misc..")),

    /** Time is an argument: one clock read per duty cycle, made by the worker. */
    ONLY_APP_READS_CLOCKS(root ->
            noClasses()
                    .that(resideInAnyPackage(roomsWithoutClocks(root)))
                    .should()
                    .accessTargetWhere(
                            method(System.class, "nanoTime", "currentTimeMillis")
                                    .or(method(java.time.Instant.class, "now"))
                                    .or(method(java.time.LocalDateTime.class, "now"))
                                    .or(method(java.time.ZonedDateTime.class, "now")))
                    .orShould()
                    .dependOnClassesThat(assignableTo(java.time.Clock.class))),

    /** Randomness is an argument too; the one seed from the system is drawn by the key source. */
    NO_HIDDEN_RANDOMNESS(root ->
            CompositeArchRule.of(
                            noClasses()
                                    .should()
                                    .dependOnClassesThat(
                                            named(
                                                    "java.util.concurrent.ThreadLocalRandom",
                                                    "java.util.Random",
                                                    "java.util.SplittableRandom"))
                                    .orShould()
                                    .accessTargetWhere(method(Math.class, "random"))
                                    .orShould()
                                    .accessTargetWhere(method(java.util.UUID.class, "randomUUID")))
                    .and(
                            noClasses()
                                    .that()
                                    .resideOutsideOfPackages(
                                            root + ".stack.random", root + ".app..")
                                    .should()
                                    .dependOnClassesThat(named("java.security.SecureRandom")))),

    /** The JDK warns of Unsafe today and removes it tomorrow; memory is touched by frame's Mem. */
    NO_UNSAFE(root ->
            noClasses()
                    .should()
                    .dependOnClassesThat(resideInAnyPackage("sun.misc..", "jdk.internal.."))),

    /**
     * One worker owns what these rooms hold: locks, volatiles and atomics would hide that it does
     * not.
     */
    PACKET_PATH_HAS_ONE_OWNER(root ->
            CompositeArchRule.of(
                            noClasses()
                                    .that(packetPath(root))
                                    .should()
                                    .dependOnClassesThat(
                                            resideInAPackage("java.util.concurrent..")
                                                    .or(assignableTo(Thread.class))))
                    .and(classes().that(packetPath(root)).should(Bytecode.notSynchronize()))
                    .and(
                            noFields()
                                    .that()
                                    .areDeclaredInClassesThat(packetPath(root))
                                    .should()
                                    .haveModifier(JavaModifier.VOLATILE))),

    /** No sockets, files, logs or consoles on the packet path. */
    PACKET_PATH_IS_SANS_IO(root ->
            noClasses()
                    .that(packetPath(root))
                    .should()
                    .dependOnClassesThat(
                            resideInAnyPackage(
                                    "java.io..",
                                    "java.net..",
                                    "java.nio.channels..",
                                    "java.nio.file..",
                                    "java.util.logging..",
                                    "java.lang.System$Logger"))
                    .orShould()
                    .accessTargetWhere(field(System.class, "out", "err", "in"))
                    .orShould()
                    .accessTargetWhere(method(System.class, "getLogger"))),

    /** What allocates by its nature; the allocation tests measure the rest. */
    PACKET_PATH_HAS_NO_STREAMS(root ->
            CompositeArchRule.of(
                            noClasses()
                                    .that(packetPath(root))
                                    .should()
                                    .dependOnClassesThat(
                                            resideInAPackage("java.util.stream..")
                                                    .or(named("java.util.Optional"))))
                    // The proxy walks lists when a configuration is applied.
                    .and(
                            noClasses()
                                    .that(resideInAnyPackage(rooms(root, "frame", "wire", "stack")))
                                    .should()
                                    .dependOnClassesThat(named("java.util.Iterator")))),

    /** A segment stored in a field costs an object for each slice: fields hold long addresses. */
    PROTOCOL_FIELDS_ARE_ADDRESSES(root ->
            noFields()
                    .that()
                    .areDeclaredInClassesThat(
                            resideInAnyPackage(rooms(root, "wire", "stack", "proxy")))
                    .should()
                    .haveRawType(MemorySegment.class)),

    /** Two stacks run in one process: what is static never changes. */
    NO_STATIC_MUTABLE_STATE(root ->
            fields().that()
                    .areStatic()
                    .and()
                    .areDeclaredInClassesThat(not(mem(root)))
                    .should()
                    .beFinal()),

    /** A sleep hopes. Idle workers wait on their ports, tests on events. */
    NO_SLEEP(root -> noClasses().should().accessTargetWhere(method(Thread.class, "sleep")));

    private final Function<String, ArchRule> at;

    HouseRule(Function<String, ArchRule> at) {
        this.at = at;
    }

    /** This rule for a house whose rooms are the packages right under {@code root}. */
    ArchRule at(String root) {
        return at.apply(root).allowEmptyShould(true).as(name());
    }

    private static ArchRule arrows(
            String root, Map<String, Set<String>> mayKnow, String... outside) {
        CompositeArchRule all = null;
        for (Map.Entry<String, Set<String>> room : new TreeMap<>(mayKnow).entrySet()) {
            String[] known =
                    Stream.of(Stream.of(room.getKey()), room.getValue().stream().sorted())
                            .flatMap(names -> names)
                            .map(name -> root + "." + name + "..")
                            .toArray(String[]::new);
            List<String> allowed =
                    Stream.of(
                                    Arrays.stream(known),
                                    Arrays.stream(outside),
                                    Stream.of(
                                            "java..",
                                            "com.sun.management..",
                                            "jdk.net..",
                                            "org.jspecify..",
                                            ""))
                            .flatMap(names -> names)
                            .toList();
            ArchRule arrow =
                    classes()
                            .that()
                            .resideInAPackage(root + "." + room.getKey() + "..")
                            .should()
                            .onlyDependOnClassesThat()
                            .resideInAnyPackage(allowed.toArray(String[]::new))
                            .allowEmptyShould(true);
            all = all == null ? CompositeArchRule.of(arrow) : all.and(arrow);
        }
        if (all == null) {
            throw new IllegalArgumentException("no arrows");
        }
        return all;
    }

    private static String[] roomsWithoutClocks(String root) {
        return rooms(root, "contract", "frame", "wire", "stack", "proxy", "dpdk", "sim");
    }

    private static String[] rooms(String root, String... names) {
        return Arrays.stream(names).map(name -> root + "." + name + "..").toArray(String[]::new);
    }

    private static DescribedPredicate<JavaClass> packetPath(String root) {
        return resideInAnyPackage(rooms(root, "frame", "wire", "stack", "proxy"))
                .and(not(mem(root)))
                .as("on the packet path");
    }

    /** Registers memory from any thread, once per pool: the one exception. */
    private static DescribedPredicate<JavaClass> mem(String root) {
        return named(root + ".frame.Mem");
    }

    private static DescribedPredicate<JavaClass> not(DescribedPredicate<JavaClass> predicate) {
        return DescribedPredicate.not(predicate);
    }

    private static DescribedPredicate<JavaClass> named(String... names) {
        Set<String> wanted = Set.of(names);
        return DescribedPredicate.describe(
                String.join(" or ", names), javaClass -> wanted.contains(javaClass.getName()));
    }

    private static DescribedPredicate<JavaAccess<?>> method(Class<?> owner, String... names) {
        return target(owner, names);
    }

    private static DescribedPredicate<JavaAccess<?>> field(Class<?> owner, String... names) {
        return target(owner, names);
    }

    private static DescribedPredicate<JavaAccess<?>> target(Class<?> owner, String... names) {
        Set<String> wanted = Set.of(names);
        return DescribedPredicate.describe(
                owner.getSimpleName() + "." + String.join("/", names),
                access ->
                        access.getTargetOwner().isEquivalentTo(owner)
                                && wanted.contains(access.getTarget().getName()));
    }
}
