package io.mptcplb.policy.path;

import java.util.List;
import java.util.Optional;

/**
 * What a policy says of paths. Ports that it does not name, those that face backends only, are no
 * paths.
 *
 * @param name unique among policies
 * @param scopes whom it concerns
 * @param regularPorts NIC ports that carry data as long as one of them can
 * @param backupPorts NIC ports that stand by, in the order in which they are promoted
 * @param failover absent: the configuration stands, whatever happens
 */
public record PathPolicy(
        String name,
        List<PathScope> scopes,
        List<String> regularPorts,
        List<String> backupPorts,
        Optional<FailoverConfig> failover) {
    public PathPolicy {
        scopes = List.copyOf(scopes);
        regularPorts = List.copyOf(regularPorts);
        backupPorts = List.copyOf(backupPorts);
    }

    boolean isBackup(String port) {
        return backupPorts.contains(port);
    }
}
