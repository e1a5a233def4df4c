package io.mptcplb.policy;

import io.mptcplb.contract.IpAddress;
import io.mptcplb.policy.LbResources.Backend;
import io.mptcplb.policy.LbResources.Pool;
import io.mptcplb.policy.LbResources.Port;
import io.mptcplb.policy.LbResources.VirtualServer;

/** Pools: names are theirs alone, and every backend is somewhere that a port leads to. */
final class PoolRules {
    private final LbResources resources;
    private final Problems problems;

    PoolRules(LbResources resources, Problems problems) {
        this.resources = resources;
        this.problems = problems;
    }

    void check() {
        boolean portsAreSound = Views.portsAreSound(resources);
        Unique<String> names = new Unique<>("name", problems);
        for (Pool pool : Views.pools(resources)) {
            pool.name().ifPresent(name -> names.claim(name, pool.name()));
            Unique<String> backendNames = new Unique<>("name", problems);
            Unique<String> endpoints = new Unique<>("backend", problems);
            for (Backend backend : Views.backends(pool)) {
                backend.name().ifPresent(name -> backendNames.claim(name, backend.name()));
                backend.address()
                        .ifPresent(address -> {
                            backend.port()
                                    .ifPresent(port -> {
                                        endpoints.claim(
                                                address + " port " + port, backend.address());
                                        checkLoop(backend, address, port);
                                    });
                            if (portsAreSound) {
                                checkReachable(backend, address);
                            }
                        });
            }
        }
    }

    private void checkReachable(Backend backend, IpAddress address) {
        for (Port port : Views.ports(resources)) {
            if (Views.addresses(port).stream()
                    .anyMatch(own -> own.get().address().equals(address))) {
                problems.add(
                        backend.address(),
                        address + " is the address of port " + port.name().get());
                return;
            }
        }
        if (Views.ports(resources).stream()
                .noneMatch(port -> Views.facesBackends(port) && Views.reaches(port, address))) {
            problems.add(
                    backend.address(),
                    address
                            + " lies in no prefix and behind no route of a port with role backend"
                            + " or both");
        }
    }

    private void checkLoop(Backend backend, IpAddress address, int port) {
        for (VirtualServer server : Views.servers(resources)) {
            boolean same =
                    Views.addresses(server).stream().anyMatch(own -> own.get().equals(address));
            if (same && Integer.valueOf(port).equals(server.port().value())) {
                problems.add(
                        backend.address(),
                        address + " port " + port + " is a virtual server of this box");
            }
        }
    }
}
