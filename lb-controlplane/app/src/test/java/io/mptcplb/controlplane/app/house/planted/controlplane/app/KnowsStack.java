package io.mptcplb.controlplane.app.house.planted.controlplane.app;

import io.mptcplb.controlplane.app.house.planted.stack.Connection;

/** Planted: the dataplane behind its contract. */
final class KnowsStack {
    final Connection connection = new Connection();
}
