package io.mptcplb.controlplane.app.house.planted.contract;

/** What both planes know. */
public final class Figures {}
