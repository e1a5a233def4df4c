package io.mptcplb.operator;

import java.time.Duration;

/**
 * How an operator runs.
 *
 * @param namespace of the operator's own objects
 * @param identity by which it leads, such as the pod's name
 * @param node on which it runs; empty where that is not known
 * @param httpPort 0 for any that is free
 * @param leaseDuration after which another one may lead in place of a leader that is silent, who
 *     has given up after two thirds of it
 * @param patience after which an API server that is not heard of is connected to anew
 */
public record OperatorOptions(
        String namespace,
        String identity,
        String node,
        String httpHost,
        int httpPort,
        Duration leaseDuration,
        Duration patience) {
    public static final Duration LEASE_DURATION = Duration.ofSeconds(5);
}
