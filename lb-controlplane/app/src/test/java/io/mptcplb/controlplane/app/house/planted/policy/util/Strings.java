package io.mptcplb.controlplane.app.house.planted.policy.util;

/** Planted: a package without a name of its own. */
final class Strings {}
