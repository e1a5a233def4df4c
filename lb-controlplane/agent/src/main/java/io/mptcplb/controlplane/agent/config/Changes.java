package io.mptcplb.controlplane.agent.config;

import io.mptcplb.contract.LbConfig;
import io.mptcplb.policy.Compilation.Compiled;
import io.mptcplb.policy.path.PathTable;
import java.util.List;

/** One configuration beside another. */
final class Changes {
    private Changes() {}

    static List<String> between(Compiled before, Compiled after) {
        return List.of();
    }

    static Compiled withoutText(LbConfig config) {
        return new Compiled(config, PathTable.empty());
    }
}
