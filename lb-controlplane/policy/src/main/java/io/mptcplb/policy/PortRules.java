package io.mptcplb.policy;

import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.IpPrefix;
import io.mptcplb.contract.MacAddress;
import io.mptcplb.contract.PortDevice;
import io.mptcplb.contract.PortDriver;
import io.mptcplb.contract.PortRole;
import io.mptcplb.policy.LbResources.Port;
import io.mptcplb.policy.LbResources.Route;
import java.util.List;

/**
 * Ports: names, devices and addresses are theirs alone; routes lead somewhere; both sides have a
 * port.
 */
final class PortRules {
    private final LbResources resources;
    private final Problems problems;

    PortRules(LbResources resources, Problems problems) {
        this.resources = resources;
        this.problems = problems;
    }

    void check() {
        Unique<String> names = new Unique<>("name", problems);
        Unique<String> devices = new Unique<>("device", problems);
        Unique<IpAddress> addresses = new Unique<>("address", problems);
        for (Port port : Views.ports(resources)) {
            port.name().ifPresent(name -> names.claim(name, port.name()));
            port.device().ifPresent(device -> devices.claim(device, port.device()));
            for (Located<IpPrefix> address : Views.addresses(port)) {
                addresses.claim(address.get().address(), address);
            }
            checkDevice(port);
            checkVlan(port);
            if (Views.sharesKernelAddress(port)) {
                checkShared(port);
            }
            checkRoutes(port);
        }
        checkRoles();
    }

    private void checkDevice(Port port) {
        port.driver()
                .ifPresent(driver ->
                        port.device()
                                .ifPresent(device -> {
                                    if (!PortDevice.isDeviceName(driver, device)) {
                                        problems.add(
                                                port.device(),
                                                "'"
                                                        + device
                                                        + "' is not "
                                                        + PortDevice.expectation(driver)
                                                        + ", as driver "
                                                        + driver.text()
                                                        + " wants it");
                                    }
                                }));
    }

    private void checkVlan(Port port) {
        boolean tagged = port.vlan().optional().orElse(0) != 0;
        if (tagged && port.driver().optional().orElse(PortDriver.PACKET) != PortDriver.PACKET) {
            problems.add(port.vlan(), "a port on a VLAN has driver " + PortDriver.PACKET.text());
        }
    }

    /** Beside the kernel there is room for connections that we open, on a device as it is. */
    private void checkShared(Port port) {
        if (Views.facesClients(port)) {
            problems.add(
                    port.role(),
                    "a port that shares the kernel's address has role " + PortRole.BACKEND.text());
        }
        port.driver()
                .optional()
                .filter(driver -> driver != PortDriver.PACKET)
                .ifPresent(driver ->
                        problems.add(
                                port.driver(),
                                "a port that shares the kernel's address has driver "
                                        + PortDriver.PACKET.text()));
        port.mac()
                .optional()
                .filter(mac -> !mac.equals(MacAddress.AUTO))
                .ifPresent(mac ->
                        problems.add(
                                port.mac(),
                                "a port that shares the kernel's address has the kernel's: "
                                        + MacAddress.AUTO));
    }

    private void checkRoutes(Port port) {
        Unique<IpPrefix> destinations = new Unique<>("route to", problems);
        for (Route route : Views.routes(port)) {
            route.via()
                    .ifPresent(via -> {
                        route.to()
                                .ifPresent(to -> {
                                    IpPrefix destination = to.resolve(via);
                                    destinations.claim(destination, route.to());
                                    if (destination.address().isV4() != via.isV4()) {
                                        problems.add(
                                                route.via(),
                                                via
                                                        + " is of another IP version than "
                                                        + destination);
                                    }
                                });
                        checkGateway(port, route, via);
                    });
        }
    }

    private void checkGateway(Port port, Route route, IpAddress via) {
        List<Located<IpPrefix>> addresses = Views.addresses(port);
        if (addresses.stream().anyMatch(address -> address.get().address().equals(via))) {
            problems.add(route.via(), via + " is this port's own address");
        } else if (!problems.isAnyBelow(port.addresses().path())
                && addresses.stream().noneMatch(address -> address.get().contains(via))) {
            problems.add(route.via(), via + " lies in the prefix of none of this port's addresses");
        }
    }

    private void checkRoles() {
        List<Port> ports = Views.ports(resources);
        if (ports.isEmpty() || ports.stream().anyMatch(port -> port.role().value() == null)) {
            return;
        }
        if (ports.stream().noneMatch(port -> port.role().get().facesClients())) {
            problems.add(
                    resources.ports(),
                    "no port has role " + PortRole.CLIENT.text() + " or " + PortRole.BOTH.text());
        }
        if (ports.stream().noneMatch(port -> port.role().get().facesBackends())) {
            problems.add(
                    resources.ports(),
                    "no port has role " + PortRole.BACKEND.text() + " or " + PortRole.BOTH.text());
        }
    }
}
