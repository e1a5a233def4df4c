package io.mptcplb.policy.fleet;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.mptcplb.contract.IpAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * One TCP port of a Service.
 *
 * @param name of the virtual server and of its pool
 */
record Server(ObjectKey service, String name, List<IpAddress> addresses, int port) {

    static List<Server> of(Service service, List<IpAddress> addresses) {
        ObjectKey key = ObjectKey.of(service);
        List<Server> servers = new ArrayList<>();
        for (ServicePort port : service.getSpec().getPorts()) {
            if (isTcp(port)) {
                servers.add(new Server(key, name(key, port), addresses, port.getPort()));
            }
        }
        return servers;
    }

    static boolean isTcp(ServicePort port) {
        return port.getProtocol() == null || port.getProtocol().equals("TCP");
    }

    static String name(ObjectKey service, ServicePort port) {
        boolean isNamed = port.getName() != null && !port.getName().isEmpty();
        return service + "/" + (isNamed ? port.getName() : port.getPort().toString());
    }
}
