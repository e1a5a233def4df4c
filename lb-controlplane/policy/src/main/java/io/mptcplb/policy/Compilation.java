package io.mptcplb.policy;

import io.mptcplb.contract.LbConfig;
import io.mptcplb.policy.path.PathTable;
import java.util.List;

/** What compiling gives: a configuration, or every reason why there is none. */
public sealed interface Compilation {
    /**
     * Everything is in order.
     *
     * @param config for the dataplane
     * @param paths for the path manager
     */
    record Compiled(LbConfig config, PathTable paths) implements Compilation {}

    /** At least one mistake, in the order of the source. */
    record Refused(List<Problem> problems) implements Compilation {
        public Refused {
            problems = List.copyOf(problems);
        }
    }
}
