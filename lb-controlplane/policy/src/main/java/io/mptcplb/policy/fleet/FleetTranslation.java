package io.mptcplb.policy.fleet;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Service;
import io.mptcplb.api.ConditionType;
import io.mptcplb.api.LoadBalancer;
import io.mptcplb.api.SubflowPolicy;
import io.mptcplb.policy.Compilation;
import io.mptcplb.policy.LbYaml;
import io.mptcplb.policy.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Services and policies to the document of a fleet. What is made is compiled as a node will compile
 * it; whoever is at fault is left out, until it compiles.
 */
public final class FleetTranslation {
    private static final String DEFAULT_CLASS = "mptcplb.io/lb";
    private static final Pattern ENTRY =
            Pattern.compile("(virtualServers|policies)\\[([0-9]+)\\](.*)");

    private final Input input;
    private final List<PortPlan> ports;
    private final ServicePlan services;
    private final PolicyPlan policies;

    private FleetTranslation(Input input) {
        this.input = input;
        this.ports = PortPlan.of(input.loadBalancer().getSpec());
        this.services = new ServicePlan(input, ports);
        this.policies = new PolicyPlan(input);
    }

    /**
     * All that a fleet is made of.
     *
     * @param others the other fleets
     * @param judgesStrays whether policies whose targets belong to no fleet are judged here
     * @param services of all kinds
     * @param book the virtual addresses of all Services of this fleet
     */
    public record Input(
            LoadBalancer loadBalancer,
            Collection<LoadBalancer> others,
            boolean judgesStrays,
            String operatorNamespace,
            Collection<Service> services,
            Collection<SubflowPolicy> policies,
            AddressBook book) {
        String loadBalancerClass() {
            return classOf(loadBalancer);
        }
    }

    public static Fleet translate(Input input) {
        return new FleetTranslation(input).translate();
    }

    /** The class of the Services that a fleet serves. */
    public static String classOf(LoadBalancer loadBalancer) {
        return Optional.ofNullable(loadBalancer.getSpec().loadBalancerClass())
                .orElse(DEFAULT_CLASS);
    }

    /** Whether a Service wants to be served by a class. */
    public static boolean isServed(Service service, String loadBalancerClass) {
        return service.getSpec() != null
                && "LoadBalancer".equals(service.getSpec().getType())
                && loadBalancerClass.equals(service.getSpec().getLoadBalancerClass())
                && service.getMetadata().getDeletionTimestamp() == null;
    }

    private Fleet translate() {
        List<String> own = new ArrayList<>();
        ports.forEach(port -> own.addAll(port.problems()));
        Optional<ObjectNode> document = own.isEmpty() ? compile(own) : Optional.empty();
        Statement accepted =
                document.isPresent()
                        ? Statement.yes(ConditionType.ACCEPTED, "the configuration makes sense")
                        : Statement.no(ConditionType.ACCEPTED, "Invalid", String.join("; ", own));
        return new Fleet(document, accepted, services.verdicts(), policies.verdicts());
    }

    /** The document once it compiles; empty, and the reasons, when the fault is the fleet's own. */
    private Optional<ObjectNode> compile(List<String> own) {
        while (true) {
            List<Server> servers = services.servers();
            policies.attach(servers);
            List<PolicyPlan.Candidate> inForce = policies.inForce();
            ObjectNode document =
                    FleetDocument.of(input.loadBalancer().getSpec(), servers, inForce);
            String sample = NodeDocument.sample(document, ports);
            if (!(LbYaml.compile("fleet", sample, 0) instanceof Compilation.Refused refused)) {
                return Optional.of(document);
            }
            if (!leaveOut(refused.problems(), servers, inForce)) {
                refused.problems()
                        .forEach(problem ->
                                own.add("spec." + problem.path() + ": " + problem.rule()));
                return Optional.empty();
            }
        }
    }

    /** Whether anybody else than the fleet is at fault. */
    private boolean leaveOut(
            List<Problem> problems, List<Server> servers, List<PolicyPlan.Candidate> inForce) {
        Set<Object> out = new LinkedHashSet<>();
        for (Problem problem : problems) {
            Matcher entry = ENTRY.matcher(problem.path());
            if (entry.matches()) {
                int index = Integer.parseInt(entry.group(2));
                if (entry.group(1).equals("policies")) {
                    PolicyPlan.Candidate policy = inForce.get(index);
                    if (out.add(policy)) {
                        String field = "spec" + entry.group(3);
                        policies.refuse(policy, "Invalid", field + ": " + problem.rule());
                    }
                } else if (out.add(servers.get(index).service())) {
                    services.refuse(servers.get(index).service(), "Invalid", problem.rule());
                }
            } else if (problem.path().equals("policies") && !inForce.isEmpty()) {
                PolicyPlan.Candidate youngest = policies.youngest();
                out.add(youngest);
                policies.refuse(youngest, "LimitExceeded", problem.rule());
            } else if (problem.path().equals("virtualServers") && !services.isEmpty()) {
                ObjectKey youngest = services.youngest();
                out.add(youngest);
                services.refuse(youngest, "LimitExceeded", problem.rule());
            }
        }
        return !out.isEmpty();
    }
}
