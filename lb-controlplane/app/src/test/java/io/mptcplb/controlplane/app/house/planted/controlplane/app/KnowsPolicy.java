package io.mptcplb.controlplane.app.house.planted.controlplane.app;

import io.mptcplb.controlplane.app.house.planted.policy.KnowsProgram;

/** Half of a cycle, and as it should be. */
final class KnowsPolicy {
    final KnowsProgram policy = new KnowsProgram();
}
