package io.mptcplb.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Service;
import io.mptcplb.api.AddressPool;
import io.mptcplb.api.ApiNames;
import io.mptcplb.cluster.ClusterUnderTest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Services and virtual addresses on a real API server. */
@Tag("cluster")
class FleetClusterTest {
    private ClusterUnderTest cluster;
    private Site site;

    @BeforeEach
    void open() {
        cluster = ClusterUnderTest.open("fleet");
        site = new Site(cluster, "0s", "5s");
    }

    @AfterEach
    void close() {
        site.close();
        cluster.close();
    }

    private Condition awaitTold(String service, String reason) {
        return ClusterUnderTest.await(
                Site.SOON,
                service + " is told " + reason,
                () ->
                        Conditions.find(
                                        ServiceWriter.conditions(site.get(service)),
                                        "mptcplb.io/Accepted")
                                .filter(condition -> reason.equals(condition.getReason())));
    }

    @Test
    void service_getsAnAddressAndKeepsIt_untilItIsDeleted() {
        OperatorProcess first = site.operator("one");
        site.node("node-a");
        long startNanos = System.nanoTime();
        site.service("web", "");
        String address = site.awaitAddress("web");
        System.out.println("address after ms " + (System.nanoTime() - startNanos) / 1_000_000);
        Service web = site.get("web");
        assertEquals("198.51.100.80", address);
        assertEquals(
                "Proxy", web.getStatus().getLoadBalancer().getIngress().getFirst().getIpMode());
        assertTrue(web.getMetadata().getFinalizers().contains(ApiNames.SERVICE_FINALIZER));
        List<String> managers =
                web.getMetadata().getManagedFields().stream()
                        .filter(entry -> "Apply".equals(entry.getOperation()))
                        .map(ManagedFieldsEntry::getManager)
                        .distinct()
                        .toList();
        assertEquals(List.of(ApiNames.OPERATOR_FIELD_MANAGER), managers);
        site.awaitProgrammed();
        ClusterUnderTest.await(
                Site.SOON,
                "node announces",
                () ->
                        Optional.of(
                                        site.client()
                                                .resources(io.mptcplb.api.DataplaneNode.class)
                                                .inNamespace(site.namespace())
                                                .withName("node-a")
                                                .get()
                                                .getSpec()
                                                .announces())
                                .filter(List.of(address)::equals));

        first.close();
        site.operator("two");
        site.service("aaa-comes-first-by-name", "");
        assertEquals("198.51.100.81", site.awaitAddress("aaa-comes-first-by-name"));
        assertEquals(address, site.address("web").orElseThrow(), "sticky");

        site.client().resource(site.get("web")).delete();
        ClusterUnderTest.await(
                Site.SOON,
                "deleted",
                () ->
                        site.client().services().inNamespace(site.namespace()).withName("web").get()
                                        == null
                                ? Optional.of(true)
                                : Optional.empty());
        site.service("next", "");
        assertEquals("198.51.100.80", site.awaitAddress("next"), "free again");
    }

    @Test
    void pool_isExhausted_serviceIsToldByConditionAndEvent_andServedOnceThereIsMore() {
        site.operator("one");
        for (int i = 0; i < 4; i++) {
            site.service("web-" + i, "");
            site.awaitAddress("web-" + i);
        }
        site.service("late", "");
        Condition told = awaitTold("late", "NoAddressFree");
        assertTrue(told.getMessage().contains("add addresses"), told.getMessage());
        ClusterUnderTest.await(
                Site.SOON,
                "an event",
                () ->
                        site
                                .client()
                                .v1()
                                .events()
                                .inNamespace(site.namespace())
                                .list()
                                .getItems()
                                .stream()
                                .filter(event ->
                                        event.getInvolvedObject().getName().equals("late")
                                                && event.getReason().equals("NoAddressFree")
                                                && event.getType().equals("Warning"))
                                .findFirst());
        ClusterUnderTest.await(
                Site.SOON,
                "pool says so",
                () ->
                        Optional.ofNullable(
                                        site.client()
                                                .resources(AddressPool.class)
                                                .withName(site.namespace() + "-public")
                                                .get()
                                                .getStatus())
                                .filter(status -> status.available() == 0));
        site.pool("more", "198.51.100.90/31");
        assertEquals("198.51.100.90", site.awaitAddress("late"));
    }

    @Test
    void service_asksForAnAddress_getsItOrIsToldWhy() {
        site.operator("one");
        site.service("asks", "loadBalancerIP: 198.51.100.82");
        assertEquals("198.51.100.82", site.awaitAddress("asks"));
        site.service("asks-too", "loadBalancerIP: 198.51.100.82");
        awaitTold("asks-too", "AddressTaken");
        site.service("asks-elsewhere", "loadBalancerIP: 192.0.2.1");
        awaitTold("asks-elsewhere", "AddressNotPooled");
        site.service("filtered", "loadBalancerSourceRanges: [192.0.2.0/24]");
        awaitTold("filtered", "UnsupportedValue");
        assertTrue(site.address("filtered").isEmpty(), "not served, no address");
    }

    @Test
    void badPolicy_isTold_andKeepsNobodyOut() {
        site.operator("one");
        site.node("node-a");
        site.service("web", "");
        site.policy(
                "good",
                "web",
                "{mode: active-standby, backup: [isp-b]}"
                        .replaceAll("[{}]", "")
                        .replace(", backup", "\n  backup"));
        site.policy(
                "bad",
                "web",
                "mode: load-balancing\n  clients: [192.0.2.0/24]\n  failover: {holdTime: 2h}");
        Condition told =
                ClusterUnderTest.await(
                        Site.SOON,
                        "bad is told",
                        () ->
                                Optional.ofNullable(site.getPolicy("bad").getStatus())
                                        .flatMap(status ->
                                                Conditions.find(status.conditions(), "Accepted")));
        assertEquals("False", told.getStatus());
        assertEquals("spec.failover.holdTime: 2h is not in 1ms to 1h", told.getMessage());
        assertEquals(1, told.getObservedGeneration());
        ClusterUnderTest.await(
                Site.SOON,
                "good is programmed",
                () ->
                        Optional.ofNullable(site.getPolicy("good").getStatus())
                                .flatMap(status ->
                                        Conditions.find(status.conditions(), "Programmed"))
                                .filter(condition -> "True".equals(condition.getStatus())));
        assertFalse(
                Conditions.find(site.getPolicy("bad").getStatus().conditions(), "Programmed")
                        .isPresent());
    }

    @Test
    void announcer_isLost_anotherNodeTakesOverWithinThreeSeconds() {
        site.operator("one");
        ScriptedNode a = site.node("node-a");
        ScriptedNode b = site.node("node-b");
        site.service("web", "");
        String address = site.awaitAddress("web");
        site.awaitProgrammed();
        ScriptedNode holder =
                ClusterUnderTest.await(
                        Site.SOON,
                        "an announcer",
                        () ->
                                List.of(a, b).stream()
                                        .filter(node ->
                                                node.resource()
                                                        .getSpec()
                                                        .announces()
                                                        .contains(address))
                                        .findFirst());
        ScriptedNode other = holder == a ? b : a;
        holder.awaitHeard();
        long lostNanos = System.nanoTime();
        holder.close();
        ClusterUnderTest.await(
                Duration.ofSeconds(10),
                "taken over",
                () ->
                        Optional.of(other.resource().getSpec().announces())
                                .filter(List.of(address)::equals));
        long tookMillis = (System.nanoTime() - lostNanos) / 1_000_000;
        System.out.println("announcer moved after ms " + tookMillis);
        assertTrue(tookMillis < 3_000, "moved after " + tookMillis + " ms");
        assertEquals(List.of(), holder.resource().getSpec().announces(), "one at a time");
    }

    @Test
    void announcer_isLostTogetherWithTheLeader_itsAddressMovesBeforeTheLeaseEnds() {
        int leaseSeconds = (int) OperatorOptions.LEASE_DURATION.toSeconds();
        Process leader = site.killable("one", "node-a", leaseSeconds);
        ScriptedNode a = site.node("node-a");
        site.service("web", "");
        String address = site.awaitAddress("web");
        site.awaitProgrammed();
        ClusterUnderTest.await(
                Site.SOON,
                "node-a announces",
                () ->
                        Optional.of(a.resource().getSpec().announces())
                                .filter(List.of(address)::equals));
        ScriptedNode b = site.node("node-b");
        site.awaitProgrammed();
        OperatorProcess second = site.operator("two", OperatorOptions.LEASE_DURATION);
        a.awaitHeard();

        long lostNanos = System.nanoTime();
        leader.destroyForcibly();
        a.close();

        awaitLeading(second, Site.SOON);
        System.out.println("another leads after ms " + (System.nanoTime() - lostNanos) / 1_000_000);
        ClusterUnderTest.await(
                Duration.ofSeconds(10),
                "taken over",
                () ->
                        Optional.of(b.resource().getSpec().announces())
                                .filter(List.of(address)::equals));
        long tookMillis = (System.nanoTime() - lostNanos) / 1_000_000;
        System.out.println("announcer moved after ms " + tookMillis);
        assertTrue(tookMillis < 1_000 * leaseSeconds, "moved after " + tookMillis + " ms");
    }

    @Test
    void leader_leavesInOrder_anotherLeadsBeforeTheLeaseEnds() {
        Duration lease = Duration.ofSeconds(40);
        OperatorProcess first = site.operator("one", lease);
        awaitLeading(first, Site.SOON);
        OperatorProcess second = site.operator("two", lease);

        site.dismiss(first);

        awaitLeading(second, lease.dividedBy(2));
    }

    private static void awaitLeading(OperatorProcess operator, Duration patience) {
        ClusterUnderTest.await(
                patience, "leads", () -> Optional.of(operator).filter(OperatorProcess::isLeading));
    }
}
