package io.mptcplb.operator;

import java.time.Duration;

/**
 * How an operator runs.
 *
 * @param namespace of the operator's own objects
 * @param identity by which it leads, such as the pod's name
 * @param httpPort 0 for any that is free
 * @param leaseDuration how long a leader that is silent goes on leading; renewed in a third of it
 */
public record OperatorOptions(
        String namespace, String identity, String httpHost, int httpPort, Duration leaseDuration) {
    public static final Duration LEASE_DURATION = Duration.ofSeconds(15);
}
