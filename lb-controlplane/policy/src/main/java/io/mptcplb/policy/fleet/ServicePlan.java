package io.mptcplb.policy.fleet;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.mptcplb.api.ConditionType;
import io.mptcplb.contract.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The Services of a fleet: who is served, and why another one is not. */
final class ServicePlan {
    private final String loadBalancerClass;
    private final Map<ObjectKey, Service> all = new TreeMap<>();
    private final Map<ObjectKey, Fleet.ServiceVerdict> verdicts = new HashMap<>();
    private final Map<ObjectKey, List<Server>> servers = new TreeMap<>();

    ServicePlan(FleetTranslation.Input input, List<PortPlan> ports) {
        this.loadBalancerClass = input.loadBalancerClass();
        for (Service service : input.services()) {
            ObjectKey key = ObjectKey.of(service);
            all.put(key, service);
            if (FleetTranslation.isServed(service, loadBalancerClass)) {
                judge(service, input.book().of(key), ports);
            }
        }
    }

    private void judge(Service service, AddressBook.Assignment assignment, List<PortPlan> ports) {
        ObjectKey key = ObjectKey.of(service);
        List<String> ranges = service.getSpec().getLoadBalancerSourceRanges();
        List<Server> own = Server.of(service, assignment.addresses());
        if (!ranges.isEmpty()) {
            refuse(
                    key,
                    "UnsupportedValue",
                    "spec.loadBalancerSourceRanges: clients cannot be told apart here: leave it"
                            + " out, and filter in front");
        } else if (own.isEmpty()) {
            refuse(key, "UnsupportedProtocol", "spec.ports: none is TCP, and only TCP is served");
        } else if (assignment.addresses().isEmpty()) {
            verdicts.put(
                    key, new Fleet.ServiceVerdict(List.of(), List.of(), assignment.accepted()));
        } else {
            accept(service, assignment, own, ports);
        }
    }

    private void accept(
            Service service,
            AddressBook.Assignment assignment,
            List<Server> own,
            List<PortPlan> ports) {
        ObjectKey key = ObjectKey.of(service);
        for (IpAddress address : assignment.addresses()) {
            for (PortPlan port : ports) {
                if (port.contains(address)) {
                    refuse(
                            key,
                            "AddressInUse",
                            address
                                    + " lies in the addresses of port "
                                    + port.name()
                                    + ", which are the nodes' own: take it out of one of them");
                    return;
                }
            }
        }
        servers.put(key, own);
        Statement accepted = assignment.accepted();
        verdicts.put(
                key,
                new Fleet.ServiceVerdict(
                        assignment.addresses(),
                        own.stream().map(Server::name).toList(),
                        new Statement(
                                accepted.type(),
                                accepted.holds(),
                                accepted.reason(),
                                accepted.message() + notes(service))));
    }

    private static String notes(Service service) {
        StringBuilder notes = new StringBuilder();
        for (ServicePort port : service.getSpec().getPorts()) {
            if (!Server.isTcp(port)) {
                notes.append("; port ")
                        .append(port.getPort())
                        .append(" is not served: only TCP is, not ")
                        .append(port.getProtocol());
            }
        }
        if ("ClientIP".equals(service.getSpec().getSessionAffinity())) {
            notes.append("; spec.sessionAffinity has no effect");
        }
        return notes.toString();
    }

    /** Takes a Service out. */
    void refuse(ObjectKey service, String reason, String message) {
        servers.remove(service);
        verdicts.put(
                service,
                new Fleet.ServiceVerdict(
                        List.of(),
                        List.of(),
                        Statement.no(ConditionType.ACCEPTED, reason, message)));
    }

    /** Those who are served, in the order of their names. */
    List<Server> servers() {
        List<Server> list = new ArrayList<>();
        servers.values().forEach(list::addAll);
        list.sort((a, b) -> a.name().compareTo(b.name()));
        return list;
    }

    /** The youngest that is served. */
    ObjectKey youngest() {
        return servers.keySet().stream()
                .max((a, b) ->
                        ObjectKey.SENIORITY.compare(
                                Objects.requireNonNull(all.get(a)),
                                Objects.requireNonNull(all.get(b))))
                .orElseThrow();
    }

    boolean isEmpty() {
        return servers.isEmpty();
    }

    Map<ObjectKey, Fleet.ServiceVerdict> verdicts() {
        return verdicts;
    }
}
