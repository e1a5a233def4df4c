package io.mptcplb.policy.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.contract.control.Command;
import io.mptcplb.contract.control.Command.SetPathPriority;
import io.mptcplb.contract.control.PathPriority;
import io.mptcplb.contract.control.PathSelector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * What holds whatever happens, over many seeds: a dataplane that keeps its rules as the contract
 * says stands at the other end, and is asked what each path is. The seed of a failure is in its
 * message; {@code -Dmptcplb.seed} takes it back.
 */
class PathManagerPropertyTest {
    private static final long SEED = Long.getLong("mptcplb.seed", -1);
    private static final int SEEDS = Integer.getInteger("mptcplb.seeds", 400);
    private static final int STEPS = 150;
    private static final long SECOND_NANOS = 1_000_000_000L;

    /** One world: a manager, the rules that its commands made, the links as they are. */
    private static final class World {
        final long seed;
        final RandomPaths random;
        final PathManager manager = new PathManager();
        final PathTable table;
        final Map<PathSelector, PathPriority> rules = new LinkedHashMap<>();
        final Map<String, Boolean> links = new HashMap<>();

        /** By policy and port, when it turned from regular to backup or back. */
        final Map<String, List<Long>> turnsNanos = new HashMap<>();

        final Map<String, PathPriority> last = new HashMap<>();
        long nowNanos;

        World(long seed) {
            this.seed = seed;
            this.random = new RandomPaths(seed);
            this.table = random.table();
            RandomPaths.PORTS.forEach(port -> links.put(port, true));
            take(new PathEvent.Policies(table));
            snapshot();
        }

        void take(PathEvent event) {
            carryOut(manager.onEvent(event, nowNanos));
        }

        void carryOut(PathOutcome outcome) {
            for (SetPathPriority command : outcome.commands()) {
                PathPriority before = rules.remove(command.paths());
                if (command.priority() == PathPriority.CONFIGURED) {
                    assertTrue(before != null, message("takes away what is not there"));
                } else {
                    rules.put(command.paths(), command.priority());
                }
                assertTrue(rules.size() <= Command.PATH_RULES_MAX, message("too many rules"));
            }
        }

        void snapshot() {
            manager.onEvent(new PathEvent.SnapshotBegin(), nowNanos);
            rules.forEach((paths, priority) ->
                    manager.onEvent(new PathEvent.Rule(paths, priority), nowNanos));
            links.forEach((port, up) -> manager.onEvent(new PathEvent.Link(port, up), nowNanos));
            take(new PathEvent.SnapshotEnd());
        }

        void advance(long nanos) {
            long untilNanos = nowNanos + nanos;
            while (manager.nextDeadlineNanos() <= untilNanos) {
                nowNanos = Math.max(nowNanos, manager.nextDeadlineNanos());
                carryOut(manager.onTime(nowNanos));
                note();
            }
            nowNanos = untilNanos;
        }

        void link(String port, boolean up) {
            links.put(port, up);
            take(new PathEvent.Link(port, up));
            note();
        }

        /** What the dataplane makes of a path: the last rule that fits, or the configuration. */
        PathPriority inDataplane(PathPolicy policy, PathScope scope, String port) {
            PathPriority found = RulePlan.configured(policy, port);
            for (Map.Entry<PathSelector, PathPriority> rule : rules.entrySet()) {
                if (RulesInForce.covers(rule.getKey(), scope, port)) {
                    found = rule.getValue();
                }
            }
            return found;
        }

        void note() {
            for (PathPolicy policy : table.policies()) {
                for (String port : RandomPaths.PORTS) {
                    String key = policy.name() + " " + port;
                    PathPriority now = inDataplane(policy, policy.scopes().getFirst(), port);
                    PathPriority before = last.put(key, now);
                    if (before != null && before != now) {
                        turnsNanos.computeIfAbsent(key, name -> new ArrayList<>()).add(nowNanos);
                    }
                }
            }
        }

        String message(String text) {
            return "seed " + seed + " at " + Words.duration(nowNanos) + ": " + text;
        }
    }

    private static void forSeeds(Consumer<World> test) {
        long first = SEED >= 0 ? SEED : 0;
        long last = SEED >= 0 ? SEED : SEEDS - 1;
        for (long seed = first; seed <= last; seed++) {
            test.accept(new World(seed));
        }
    }

    @Test
    void linksFail_aPathWithLinkIsRegular() {
        forSeeds(world -> {
            for (int step = 0; step < STEPS; step++) {
                world.link(world.random.port(), world.random.chance(1, 2));
                assertSomePathIsUsable(world);
                world.advance(world.random.between(0, 8 * SECOND_NANOS));
                assertSomePathIsUsable(world);
            }
        });
    }

    private static void assertSomePathIsUsable(World world) {
        for (PathPolicy policy : world.table.policies()) {
            boolean anyUp = RandomPaths.PORTS.stream().anyMatch(world.links::get);
            boolean regularUp =
                    RandomPaths.PORTS.stream()
                            .anyMatch(port ->
                                    world.links.get(port)
                                            && world.inDataplane(
                                                            policy,
                                                            policy.scopes().getFirst(),
                                                            port)
                                                    == PathPriority.REGULAR);
            assertTrue(
                    regularUp || !anyUp || policy.failover().isEmpty(),
                    world.message(policy.name() + " has link and no regular path"));
        }
    }

    @Test
    void onePortFlaps_itsTurnsAreBoundedInEveryWindow() {
        forSeeds(world -> {
            String port = world.random.port();
            long periodNanos = world.random.between(1_000_000, 40 * SECOND_NANOS);
            for (int step = 0; step < STEPS; step++) {
                world.link(port, step % 2 == 1);
                world.advance(world.random.between(1, periodNanos));
            }
            for (PathPolicy policy : world.table.policies()) {
                policy.failover()
                        .ifPresent(failover -> {
                            for (String each : RandomPaths.PORTS) {
                                assertBounded(world, policy.name() + " " + each, failover);
                            }
                        });
            }
        });
    }

    private static void assertBounded(World world, String key, FailoverConfig failover) {
        List<Long> turns = world.turnsNanos.getOrDefault(key, List.of());
        for (int i = failover.changesMax(); i < turns.size(); i++) {
            long spanNanos = turns.get(i) - turns.get(i - failover.changesMax());
            assertTrue(
                    spanNanos >= failover.windowNanos(),
                    world.message(key + " turned too often: " + turns));
        }
    }

    @Test
    void setAside_returnsOnlyAfterHoldTimeWithoutFault() {
        forSeeds(world -> {
            Map<String, Long> lastDownNanos = new HashMap<>();
            for (int step = 0; step < STEPS; step++) {
                String port = world.random.port();
                boolean up = world.random.chance(1, 2);
                if (!up || !world.links.get(port)) {
                    lastDownNanos.put(port, world.nowNanos);
                }
                world.link(port, up);
                world.advance(world.random.between(0, 15 * SECOND_NANOS));
                for (PathPolicy policy : world.table.policies()) {
                    policy.failover()
                            .ifPresent(
                                    failover -> assertHeld(world, policy, failover, lastDownNanos));
                }
            }
        });
    }

    /** While something is trusted, what lost its link within the hold time is backup. */
    private static void assertHeld(
            World world,
            PathPolicy policy,
            FailoverConfig failover,
            Map<String, Long> lastDownNanos) {
        List<String> fresh =
                RandomPaths.PORTS.stream()
                        .filter(port ->
                                lastDownNanos.containsKey(port)
                                        && world.nowNanos - lastDownNanos.get(port)
                                                < failover.holdNanos())
                        .toList();
        boolean otherIsRegular =
                world.manager.paths(world.nowNanos).stream()
                        .filter(state -> state.policy().equals(policy.name()))
                        .anyMatch(state ->
                                state.reason().endsWith("no fault")
                                        && state.effective() == PathPriority.REGULAR);
        for (String port : fresh) {
            PathPriority now = world.inDataplane(policy, policy.scopes().getFirst(), port);
            assertFalse(
                    otherIsRegular && now == PathPriority.REGULAR,
                    world.message(policy.name() + " uses " + port + " before it has held"));
        }
    }

    @Test
    void anythingHappens_dataplaneHoldsWhatTheManagerSays() {
        forSeeds(world -> {
            for (int step = 0; step < STEPS; step++) {
                anything(world);
                assertAgreement(world);
                assertEquals(
                        List.of(),
                        world.manager.onTime(world.nowNanos).commands(),
                        world.message("commands without a change"));
            }
        });
    }

    private static void anything(World world) {
        switch ((int) world.random.between(0, 8)) {
            case 0, 1, 2 -> world.link(world.random.port(), world.random.chance(1, 2));
            case 3 -> world.take(new PathEvent.Sample(world.random.sample(world.random.port())));
            case 4 -> world.take(world.random.order());
            case 5 -> world.snapshot();
            case 6 -> {
                world.take(new PathEvent.Lost());
                if (world.random.chance(1, 2)) {
                    world.rules.clear();
                }
                world.advance(world.random.between(0, 5 * SECOND_NANOS));
                world.snapshot();
            }
            default -> world.advance(world.random.between(0, 30 * SECOND_NANOS));
        }
    }

    private static void assertAgreement(World world) {
        for (PathPolicy policy : world.table.policies()) {
            for (PathState state : world.manager.paths(world.nowNanos)) {
                if (state.policy().equals(policy.name())
                        && state.effective() != PathPriority.CONFIGURED) {
                    assertEquals(
                            state.effective(),
                            world.inDataplane(policy, policy.scopes().getFirst(), state.port()),
                            world.message(state + " with rules " + world.rules));
                }
            }
        }
    }

    /** A manager that starts anew beside a dataplane with rules changes nothing at once. */
    @Test
    void managerStartsAnew_rulesInForceStandUntilHeld() {
        forSeeds(world -> {
            for (int step = 0; step < 20; step++) {
                world.link(world.random.port(), world.random.chance(1, 2));
                world.advance(world.random.between(0, 3 * SECOND_NANOS));
            }
            Map<String, PathPriority> before = effective(world);
            PathManager next = new PathManager();
            next.onEvent(new PathEvent.Policies(world.table), 0);
            next.onEvent(new PathEvent.SnapshotBegin(), 0);
            world.rules.forEach(
                    (paths, priority) -> next.onEvent(new PathEvent.Rule(paths, priority), 0));
            world.links.forEach((port, up) -> next.onEvent(new PathEvent.Link(port, up), 0));
            world.carryOut(next.onEvent(new PathEvent.SnapshotEnd(), 0));
            Map<String, PathPriority> after = effective(world);
            after.forEach((key, priority) -> {
                boolean setAside = before.get(key) == PathPriority.BACKUP;
                boolean isRegular = priority == PathPriority.REGULAR;
                String port = key.substring(key.lastIndexOf(' ') + 1);
                boolean onlyBackup =
                        RulePlan.configured(policy(world, key), port) == PathPriority.BACKUP;
                assertFalse(
                        setAside && isRegular && !onlyBackup,
                        world.message(key + " is taken back by a restart alone"));
            });
        });
    }

    private static PathPolicy policy(World world, String key) {
        return world.table.policies().stream()
                .filter(policy -> key.startsWith(policy.name() + " isp"))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, PathPriority> effective(World world) {
        Map<String, PathPriority> found = new LinkedHashMap<>();
        for (PathPolicy policy : world.table.policies()) {
            for (String port : RandomPaths.PORTS) {
                found.put(
                        policy.name() + " " + port,
                        world.inDataplane(policy, policy.scopes().getFirst(), port));
            }
        }
        return found;
    }
}
