package io.mptcplb.policy;

import io.mptcplb.contract.IpAddress;

/** Boxes that get what is not known here: others, and on a link where clients arrive. */
final class StrayRules {
    private final LbResources resources;
    private final Problems problems;

    StrayRules(LbResources resources, Problems problems) {
        this.resources = resources;
        this.problems = problems;
    }

    void check() {
        Unique<IpAddress> boxes = new Unique<>("box", problems);
        for (Located<IpAddress> box : Views.list(resources.passStraysTo())) {
            boxes.claim(box.get(), box);
            if (isOurs(box.get())) {
                problems.add(box, box.get() + " is an address of this box");
            } else if (Views.portsAreSound(resources) && !isNeighbour(box.get())) {
                problems.add(
                        box,
                        box.get()
                                + " lies in the prefix of no port with role client or both: "
                                + "strays are passed on by the link that they came by");
            }
        }
    }

    private boolean isOurs(IpAddress box) {
        return Views.ports(resources).stream()
                        .flatMap(port -> Views.addresses(port).stream())
                        .anyMatch(own -> own.get().address().equals(box))
                || Views.servers(resources).stream()
                        .flatMap(server -> Views.addresses(server).stream())
                        .anyMatch(virtual -> virtual.get().equals(box));
    }

    private boolean isNeighbour(IpAddress box) {
        return Views.ports(resources).stream()
                .filter(Views::facesClients)
                .flatMap(port -> Views.addresses(port).stream())
                .anyMatch(own -> own.get().contains(box));
    }
}
