package io.mptcplb.controlplane.app.house.planted.controlplane.app;

/** A program. */
public final class Program {}
