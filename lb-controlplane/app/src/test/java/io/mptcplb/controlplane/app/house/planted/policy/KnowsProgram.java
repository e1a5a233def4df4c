package io.mptcplb.controlplane.app.house.planted.policy;

import io.mptcplb.controlplane.app.house.planted.controlplane.app.Program;

/** Planted: policy that knows who asks. */
public final class KnowsProgram {
    final Program program = new Program();
}
