package io.mptcplb.controlplane.app.house.planted.stack;

/** What only the dataplane knows. */
public final class Connection {}
