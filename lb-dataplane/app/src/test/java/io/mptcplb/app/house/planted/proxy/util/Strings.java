package io.mptcplb.app.house.planted.proxy.util;

/** Planted: a package without a name of its own. */
final class Strings {}
