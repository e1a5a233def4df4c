package io.mptcplb.stack.ip;

import io.mptcplb.wire.ArpView;
import io.mptcplb.wire.DropReason;
import io.mptcplb.wire.EthernetView;
import io.mptcplb.wire.IpAddresses;

/** What an ARP packet makes us do: answer, learn, or defend an address (RFC 826, RFC 5227). */
final class ArpInput {
    private final IpLayer ip;

    ArpInput(IpLayer ip) {
        this.ip = ip;
    }

    /** NONE when it was of use. */
    DropReason onArp(NetPort port, ArpView arp, boolean toGroup, long nowNanos) {
        long senderMac = arp.senderMac();
        int senderIp = arp.senderIp();
        long sender = IpAddresses.v4(senderIp);
        long target = IpAddresses.v4(arp.targetIp());
        if (senderMac == 0 || EthernetView.isGroup(senderMac) || senderMac == port.macAddress()) {
            return DropReason.BAD_ARP;
        }
        if (port.answersFor(0, sender)) {
            ip.announcer(port).defend(0, sender, nowNanos);
            return DropReason.ADDRESS_CONFLICT;
        }
        boolean probe = senderIp == 0;
        if (!probe && (IpAddresses.isMulticast(0, sender) || IpAddresses.isLoopback(0, sender))) {
            return DropReason.BAD_SOURCE_ADDRESS;
        }
        boolean forUs = port.spokenToAs(0, target);
        NeighbourTable neighbours = ip.neighbours(port);
        if (arp.operation() == ArpView.REQUEST && forUs) {
            if (!probe && port.onLink(0, sender)) {
                neighbours.onAsked(0, sender, senderMac, nowNanos);
            }
            if (port.answersFor(0, target)) {
                ip.control().answerArp(port, IpAddresses.v4Of(target), senderMac, senderIp);
            }
            return DropReason.NONE;
        }
        // A reply to us, an announcement, or somebody else's question: none of them makes an entry.
        boolean solicited = arp.operation() == ArpView.REPLY && !toGroup && forUs;
        if (!probe) {
            neighbours.onClaimed(0, sender, senderMac, solicited, true, nowNanos);
        }
        boolean ofUse = solicited || sender == target || neighbours.find(0, sender) >= 0;
        return ofUse ? DropReason.NONE : DropReason.NOT_FOR_US;
    }
}
