package io.mptcplb.controlplane.app.house.planted.controlplane.app;

import io.mptcplb.controlplane.app.house.planted.contract.Figures;

/** What no rule may name. */
final class KeepsTheRules {
    final Figures figures = new Figures();
}
