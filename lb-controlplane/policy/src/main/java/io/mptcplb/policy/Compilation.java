package io.mptcplb.policy;

import io.mptcplb.contract.LbConfig;
import java.util.List;

/** What compiling gives: a configuration, or every reason why there is none. */
public sealed interface Compilation {
    /** Everything is in order. */
    record Compiled(LbConfig config) implements Compilation {}

    /** At least one mistake, in the order of the source. */
    record Refused(List<Problem> problems) implements Compilation {
        public Refused {
            problems = List.copyOf(problems);
        }
    }
}
