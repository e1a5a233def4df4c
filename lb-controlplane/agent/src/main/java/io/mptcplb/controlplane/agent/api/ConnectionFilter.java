package io.mptcplb.controlplane.agent.api;

import io.mptcplb.contract.IpPrefix;
import io.mptcplb.controlplane.agent.model.Connection;
import io.mptcplb.controlplane.agent.model.Subflow;
import java.util.Optional;

/** Which connections a request is about. */
final class ConnectionFilter {
    private final Optional<String> virtualServer;
    private final Optional<String> path;
    private final Optional<IpPrefix> clients;

    ConnectionFilter(Query query) throws Refusal {
        virtualServer = query.text("virtualServer");
        path = query.text("path");
        clients = query.prefix("clients");
    }

    boolean fits(Connection connection) {
        return virtualServer.map(connection.opened().virtualServer()::equals).orElse(true)
                && path.map(name -> uses(connection, name)).orElse(true)
                && clients.map(prefix -> prefix.contains(connection.opened().client()))
                        .orElse(true);
    }

    private static boolean uses(Connection connection, String path) {
        return connection.subflows().stream()
                .filter(Subflow::isOpen)
                .anyMatch(subflow -> subflow.opened().port().equals(path));
    }
}
