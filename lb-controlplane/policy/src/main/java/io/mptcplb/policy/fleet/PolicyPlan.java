package io.mptcplb.policy.fleet;

import io.fabric8.kubernetes.api.model.Service;
import io.mptcplb.api.ConditionType;
import io.mptcplb.api.LoadBalancer;
import io.mptcplb.api.SubflowPolicy;
import io.mptcplb.api.SubflowPolicySpec;
import io.mptcplb.contract.IpPrefix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which policy is for which virtual server. One for the Service goes before one for the whole
 * LoadBalancer, else the older one; that is decided for each virtual server and each prefix of
 * clients.
 */
final class PolicyPlan {
    /** Stands for all clients whom no other policy names. */
    private static final String THE_REST = "";

    private final FleetTranslation.Input input;
    private final Map<ObjectKey, Service> services = new HashMap<>();
    private final Map<ObjectKey, Candidate> candidates = new TreeMap<>();

    PolicyPlan(FleetTranslation.Input input) {
        this.input = input;
        input.services().forEach(service -> services.put(ObjectKey.of(service), service));
        for (SubflowPolicy policy : input.policies()) {
            Candidate candidate = new Candidate(policy);
            if (candidate.isOurs) {
                candidates.put(candidate.key, candidate);
            }
        }
    }

    /** A policy with its targets looked up. */
    final class Candidate {
        final SubflowPolicy policy;
        final ObjectKey key;
        private final boolean isOurs;
        private final Set<ObjectKey> targets = new TreeSet<>();
        private boolean isForAll;
        private final List<String> unresolved = new ArrayList<>();
        private final TreeSet<String> unknownPorts = new TreeSet<>();
        private final TreeSet<String> won = new TreeSet<>();
        private final TreeSet<String> lostToSenior = new TreeSet<>();
        private final TreeSet<String> lostToService = new TreeSet<>();
        private Optional<Statement> refusal = Optional.empty();

        Candidate(SubflowPolicy policy) {
            this.policy = policy;
            this.key = ObjectKey.of(policy);
            boolean othersTarget = false;
            List<SubflowPolicySpec.TargetRef> refs = policy.getSpec().targetRefs();
            for (int i = 0; i < refs.size(); i++) {
                String at = "spec.targetRefs[" + i + "]: ";
                othersTarget |=
                        refs.get(i).kind().equals("Service")
                                ? resolveService(refs.get(i).name(), at)
                                : resolveLoadBalancer(refs.get(i).name(), at);
            }
            boolean isStray = targets.isEmpty() && !isForAll && !othersTarget;
            this.isOurs = !targets.isEmpty() || isForAll || isStray && input.judgesStrays();
            checkPorts();
        }

        private boolean resolveService(String name, String at) {
            ObjectKey target = new ObjectKey(key.namespace(), name);
            Service service = services.get(target);
            if (service == null) {
                unresolved.add(at + "no Service " + name + " in namespace " + key.namespace());
                return false;
            }
            if (FleetTranslation.isServed(service, input.loadBalancerClass())) {
                targets.add(target);
                return false;
            }
            for (LoadBalancer other : input.others()) {
                if (FleetTranslation.isServed(service, FleetTranslation.classOf(other))) {
                    return true;
                }
            }
            unresolved.add(
                    at
                            + "Service "
                            + name
                            + " is not of type LoadBalancer with loadBalancerClass "
                            + input.loadBalancerClass());
            return false;
        }

        private boolean resolveLoadBalancer(String name, String at) {
            boolean exists =
                    Stream.concat(Stream.of(input.loadBalancer()), input.others().stream())
                            .anyMatch(any -> any.getMetadata().getName().equals(name));
            if (!exists) {
                unresolved.add(at + "no LoadBalancer " + name);
                return false;
            }
            if (!key.namespace().equals(input.operatorNamespace())) {
                unresolved.add(
                        at
                                + "policies for a whole LoadBalancer stand in namespace "
                                + input.operatorNamespace());
                return false;
            }
            if (!name.equals(input.loadBalancer().getMetadata().getName())) {
                return true;
            }
            isForAll = true;
            return false;
        }

        private void checkPorts() {
            List<String> known =
                    input.loadBalancer().getSpec().ports().stream()
                            .map(port -> port.name())
                            .toList();
            String rule =
                    ": LoadBalancer "
                            + input.loadBalancer().getMetadata().getName()
                            + " has no port of this name, it has "
                            + String.join(", ", known);
            List<String> backup = policy.getSpec().backup();
            for (int i = 0; i < backup.size(); i++) {
                if (!known.contains(backup.get(i))) {
                    unknownPorts.add("spec.backup[" + i + "]: " + backup.get(i) + rule);
                }
            }
            List<SubflowPolicySpec.Advertise> advertise = policy.getSpec().advertise();
            for (int i = 0; i < advertise.size(); i++) {
                String port = advertise.get(i).port();
                if (!known.contains(port)) {
                    unknownPorts.add("spec.advertise[" + i + "].port: " + port + rule);
                }
            }
        }

        boolean isSound() {
            return refusal.isEmpty() && unknownPorts.isEmpty();
        }

        private boolean isFor(Server server, boolean whole) {
            boolean named = targets.contains(server.service());
            return whole ? isForAll && !named : named;
        }

        /** The virtual servers where it is in force. */
        List<String> won() {
            return List.copyOf(won);
        }

        private Fleet.PolicyVerdict verdict() {
            boolean isInForce = isSound() && !won.isEmpty();
            Optional<String> overridden =
                    isSound() && won.isEmpty() && lostToSenior.isEmpty() && !lostToService.isEmpty()
                            ? Optional.of(
                                    "policies of the Services themselves go before it: "
                                            + String.join(", ", lostToService))
                            : Optional.empty();
            return new Fleet.PolicyVerdict(
                    isInForce ? Optional.of(key.toString()) : Optional.empty(),
                    accepted(),
                    resolvedRefs(),
                    overridden);
        }

        private Statement accepted() {
            if (refusal.isPresent()) {
                return refusal.get();
            }
            if (targets.isEmpty() && !isForAll) {
                return Statement.no(
                        ConditionType.ACCEPTED, "TargetNotFound", String.join("; ", unresolved));
            }
            if (!unknownPorts.isEmpty()) {
                return Statement.no(
                        ConditionType.ACCEPTED, "Invalid", String.join("; ", unknownPorts));
            }
            if (won.isEmpty() && !lostToService.isEmpty() && lostToSenior.isEmpty()) {
                return Statement.yes(
                        ConditionType.ACCEPTED, "policies of the Services themselves go before it");
            }
            if (won.isEmpty() && !lostToSenior.isEmpty()) {
                return Statement.no(
                        ConditionType.ACCEPTED,
                        "Conflicted",
                        "older policies are for the same clients of the same targets: "
                                + String.join(", ", lostToSenior)
                                + "; name other clients, or delete one of them");
            }
            String where =
                    won.isEmpty()
                            ? "in force nowhere yet: no target is served"
                            : "in force at " + String.join(", ", won);
            String lost =
                    lostToSenior.isEmpty()
                            ? ""
                            : "; not where older policies are for the same clients: "
                                    + String.join(", ", lostToSenior);
            return Statement.yes(ConditionType.ACCEPTED, where + lost);
        }

        private Statement resolvedRefs() {
            if (!unresolved.isEmpty()) {
                return Statement.no(
                        ConditionType.RESOLVED_REFS,
                        "TargetNotFound",
                        String.join("; ", unresolved));
            }
            return unknownPorts.isEmpty()
                    ? Statement.yes(ConditionType.RESOLVED_REFS, "all that it names exists")
                    : Statement.no(
                            ConditionType.RESOLVED_REFS,
                            "PortNotFound",
                            String.join("; ", unknownPorts));
        }
    }

    /** Decides anew who is in force where. */
    void attach(List<Server> servers) {
        Map<String, Map<String, String>> holders = new HashMap<>();
        List<Candidate> seniors =
                candidates.values().stream()
                        .filter(Candidate::isSound)
                        .sorted((a, b) -> ObjectKey.SENIORITY.compare(a.policy, b.policy))
                        .toList();
        for (Candidate candidate : seniors) {
            candidate.won.clear();
            candidate.lostToSenior.clear();
            candidate.lostToService.clear();
        }
        Set<String> ofServices = new TreeSet<>();
        for (boolean whole : new boolean[] {false, true}) {
            for (Candidate candidate : seniors) {
                for (Server server : servers) {
                    if (candidate.isFor(server, whole)) {
                        claim(
                                candidate,
                                server,
                                holders.computeIfAbsent(server.name(), none -> new HashMap<>()),
                                ofServices);
                    }
                }
                if (!whole && !candidate.won.isEmpty()) {
                    ofServices.add(candidate.key.toString());
                }
            }
        }
    }

    private static void claim(
            Candidate candidate,
            Server server,
            Map<String, String> holders,
            Set<String> ofServices) {
        List<String> prefixes = prefixes(candidate.policy.getSpec());
        for (String prefix : prefixes) {
            String holder = holders.get(prefix);
            if (holder != null) {
                boolean isOverride =
                        !candidate.targets.contains(server.service())
                                && ofServices.contains(holder);
                (isOverride ? candidate.lostToService : candidate.lostToSenior).add(holder);
                return;
            }
        }
        prefixes.forEach(prefix -> holders.put(prefix, candidate.key.toString()));
        candidate.won.add(server.name());
    }

    private static List<String> prefixes(SubflowPolicySpec spec) {
        if (spec.clients().isEmpty()) {
            return List.of(THE_REST);
        }
        return spec.clients().stream().flatMap(PolicyPlan::prefixes).toList();
    }

    /** Words of several networks overlap with nothing but themselves and these very networks. */
    private static Stream<String> prefixes(String clients) {
        return switch (clients) {
            case "ipv4" -> Stream.of("0.0.0.0/0");
            case "ipv6" -> Stream.of("::/0");
            case "private" ->
                    Stream.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7");
            default -> Stream.of(canonical(clients));
        };
    }

    private static String canonical(String network) {
        try {
            return IpPrefix.parse(network).toString();
        } catch (IllegalArgumentException e) {
            // What it is instead, compiling says.
            return network;
        }
    }

    /** Those who are in force, in the order of their names. */
    List<Candidate> inForce() {
        return candidates.values().stream()
                .filter(candidate -> candidate.isSound() && !candidate.won.isEmpty())
                .toList();
    }

    void refuse(Candidate candidate, String reason, String message) {
        candidate.refusal = Optional.of(Statement.no(ConditionType.ACCEPTED, reason, message));
    }

    Candidate youngest() {
        return inForce().stream()
                .max((a, b) -> ObjectKey.SENIORITY.compare(a.policy, b.policy))
                .orElseThrow();
    }

    Map<ObjectKey, Fleet.PolicyVerdict> verdicts() {
        Map<ObjectKey, Fleet.PolicyVerdict> verdicts = new HashMap<>();
        candidates.forEach((key, candidate) -> verdicts.put(key, candidate.verdict()));
        return verdicts;
    }
}
