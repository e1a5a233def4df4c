package io.mptcplb.policy.fleet;

/**
 * What an AddressPool has and gave out.
 *
 * @param accepted what it is told about itself
 */
public record PoolUse(long total, long assigned, long available, Statement accepted) {}
