package io.mptcplb.policy;

import io.mptcplb.contract.LbConfig;
import io.mptcplb.policy.path.PathPolicy;
import io.mptcplb.policy.path.PathTable;
import java.util.List;

/** Resources to configuration: what must fit together, and nothing of the machine. */
public final class PolicyCompiler {
    /** The path of a mistake that no rule found. */
    static final String UNPLACED = "configuration";

    private PolicyCompiler() {}

    /** The configuration, or all mistakes: those of the resources' form and those found here. */
    public static Compilation compile(LbResources resources, long generation) {
        Problems problems = new Problems();
        problems.addAll(resources.problems());
        // Without a document there is nothing to judge.
        if (!problems.isAnyBelow("yaml")) {
            new PortRules(resources, problems).check();
            new PoolRules(resources, problems).check();
            new ServerRules(resources, problems).check();
            new StrayRules(resources, problems).check();
            new PolicyRules(resources, problems).check();
            new CapacityRules(resources, problems).check();
        }
        if (!problems.isEmpty()) {
            return new Compilation.Refused(problems.sorted());
        }
        try {
            List<PathPolicy> paths = new PathTableBuilder(resources).build();
            new PolicyRules(resources, problems).checkRules(paths);
            if (!problems.isEmpty()) {
                return new Compilation.Refused(problems.sorted());
            }
            LbConfig config = new ConfigBuilder(resources).build(generation);
            return new Compilation.Compiled(config, new PathTable(paths));
        } catch (IllegalArgumentException e) {
            // The records know a rule that is missing above: a defect of ours, yet the user gets an
            // answer.
            Source at = new Source(resources.ports().at().label(), 0);
            String rule = String.valueOf(e.getMessage());
            return new Compilation.Refused(List.of(new Problem(at, UNPLACED, rule)));
        }
    }
}
