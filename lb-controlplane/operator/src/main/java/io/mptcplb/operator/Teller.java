package io.mptcplb.operator;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mptcplb.api.AddressPool;
import io.mptcplb.api.AddressPoolStatus;
import io.mptcplb.api.ApiNames;
import io.mptcplb.api.ConditionType;
import io.mptcplb.api.SubflowPolicy;
import io.mptcplb.api.SubflowPolicyStatus;
import io.mptcplb.policy.fleet.AddressBook;
import io.mptcplb.policy.fleet.Fleet;
import io.mptcplb.policy.fleet.FleetTranslation;
import io.mptcplb.policy.fleet.ObjectKey;
import io.mptcplb.policy.fleet.PoolUse;
import io.mptcplb.policy.fleet.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells every object what became of it. One that cannot be written does not keep the others from
 * being told.
 */
final class Teller {
    private static final String SERVICE_PREFIX = ApiNames.GROUP + "/";

    private final World world;
    private final Cluster cluster;
    private final OperatorFigures figures;
    private final Instant now;
    private final ServiceWriter writer;
    private @Nullable KubernetesClientException first;

    Teller(World world, Cluster cluster, OperatorFigures figures, Instant now) {
        this.world = world;
        this.cluster = cluster;
        this.figures = figures;
        this.now = now;
        this.writer = new ServiceWriter(world, cluster);
    }

    private void attempt(HasMetadata object, Runnable write) {
        try {
            write.run();
        } catch (KubernetesClientException e) {
            figures.writeFailed(object.getKind());
            if (first == null) {
                first = e;
            }
        }
    }

    /** What went wrong first, so that all is tried again. */
    void throwFirst() {
        if (first != null) {
            throw first;
        }
    }

    void services(Fleet fleet, Programmed programmed, String loadBalancerClass) {
        for (Service service : world.services().list()) {
            Fleet.ServiceVerdict verdict = fleet.services().get(ObjectKey.of(service));
            if (verdict != null) {
                attempt(service, () -> tell(service, verdict, programmed));
            } else if (ServiceWriter.isOurs(service) && isGone(service, loadBalancerClass)) {
                attempt(service, () -> writer.release(service));
            }
        }
    }

    /** Another fleet's Service is left to the pass of that fleet. */
    private boolean isGone(Service service, String loadBalancerClass) {
        String own = service.getSpec().getLoadBalancerClass();
        boolean isServedElsewhere =
                world.loadBalancers().list().stream()
                        .anyMatch(other ->
                                FleetTranslation.isServed(
                                        service, FleetTranslation.classOf(other)));
        return !isServedElsewhere && (own == null || own.equals(loadBalancerClass));
    }

    private void tell(Service service, Fleet.ServiceVerdict verdict, Programmed programmed) {
        Service taken = writer.take(service);
        List<Statement> statements = new ArrayList<>(List.of(verdict.accepted()));
        if (!verdict.virtualServers().isEmpty()) {
            statements.add(programmed.of("virtualServers", verdict.virtualServers()));
        }
        List<Condition> old = ServiceWriter.conditions(taken);
        List<Condition> conditions = Conditions.of(statements, old, SERVICE_PREFIX, 0, now);
        if (writer.tell(taken, verdict.addresses(), conditions)) {
            tellChange(taken, old, verdict.accepted(), SERVICE_PREFIX);
        }
    }

    void policies(Fleet fleet, Programmed programmed) {
        for (SubflowPolicy policy : world.policies().list()) {
            Fleet.PolicyVerdict verdict = fleet.policies().get(ObjectKey.of(policy));
            if (verdict != null) {
                attempt(policy, () -> tell(policy, verdict, programmed));
            }
        }
    }

    private void tell(SubflowPolicy policy, Fleet.PolicyVerdict verdict, Programmed programmed) {
        List<Statement> statements =
                new ArrayList<>(List.of(verdict.accepted(), verdict.resolvedRefs()));
        verdict.entry()
                .ifPresent(entry -> statements.add(programmed.of("policies", List.of(entry))));
        verdict.overridden()
                .ifPresent(why ->
                        statements.add(Statement.no(ConditionType.PROGRAMMED, "Overridden", why)));
        long generation = Objects.requireNonNullElse(policy.getMetadata().getGeneration(), 0L);
        List<Condition> old =
                Optional.ofNullable(policy.getStatus())
                        .map(SubflowPolicyStatus::conditions)
                        .orElse(List.of());
        SubflowPolicyStatus status =
                new SubflowPolicyStatus(
                        generation, Conditions.of(statements, old, "", generation, now));
        if (status.equals(policy.getStatus())) {
            return;
        }
        SubflowPolicy patch = new SubflowPolicy();
        patch.setMetadata(Cluster.identity(policy));
        patch.setStatus(status);
        world.policies().onWritten(cluster.applyStatus(patch));
        tellChange(policy, old, verdict.accepted(), "");
    }

    void pools(AddressBook book) {
        Map<String, PoolUse> uses = book.pools();
        for (AddressPool pool : world.pools().list()) {
            PoolUse use = uses.get(pool.getMetadata().getName());
            if (use != null) {
                figures.pool(pool.getMetadata().getName(), use.assigned(), use.available());
                attempt(pool, () -> tell(pool, use));
            }
        }
    }

    private void tell(AddressPool pool, PoolUse use) {
        long generation = Objects.requireNonNullElse(pool.getMetadata().getGeneration(), 0L);
        List<Condition> old =
                Optional.ofNullable(pool.getStatus())
                        .map(AddressPoolStatus::conditions)
                        .orElse(List.of());
        AddressPoolStatus status =
                new AddressPoolStatus(
                        generation,
                        use.total(),
                        use.assigned(),
                        use.available(),
                        Conditions.of(List.of(use.accepted()), old, "", generation, now));
        if (status.equals(pool.getStatus())) {
            return;
        }
        AddressPool patch = new AddressPool();
        patch.setMetadata(Cluster.identity(pool));
        patch.setStatus(status);
        world.pools().onWritten(cluster.applyStatus(patch));
        tellChange(pool, old, use.accepted(), "");
    }

    private void tellChange(
            HasMetadata object, List<Condition> old, Statement accepted, String prefix) {
        boolean isSame =
                Conditions.find(old, prefix + accepted.type().text())
                        .map(condition ->
                                accepted.reason().equals(condition.getReason())
                                        && accepted.message().equals(condition.getMessage()))
                        .orElse(false);
        if (!isSame) {
            cluster.event(object, !accepted.holds(), accepted.reason(), accepted.message());
        }
    }
}
