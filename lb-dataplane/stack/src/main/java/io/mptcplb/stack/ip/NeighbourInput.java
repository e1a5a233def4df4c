package io.mptcplb.stack.ip;

import io.mptcplb.wire.DropReason;
import io.mptcplb.wire.EthernetView;
import io.mptcplb.wire.IcmpView;
import io.mptcplb.wire.IpAddresses;
import io.mptcplb.wire.NeighbourView;

/** What a neighbour solicitation or advertisement makes us do (RFC 4861 s7.2). */
final class NeighbourInput {
    private final IpLayer ip;
    private final NeighbourView neighbour = new NeighbourView();

    NeighbourInput(IpLayer ip) {
        this.ip = ip;
    }

    boolean serves(int type) {
        return type == IcmpView.V6_NEIGHBOUR_SOLICITATION
                || type == IcmpView.V6_NEIGHBOUR_ADVERTISEMENT;
    }

    /** Serves the message at {@code at}, whose checksum is good. NONE when it was of use. */
    DropReason onNeighbour(
            NetPort port, long at, IpFacts facts, long srcMac, int hopLimit, long nowNanos) {
        DropReason reason = neighbour.wrap(at, facts.l4Bytes, hopLimit);
        if (reason.isDrop()) {
            return reason;
        }
        long mac = neighbour.linkAddress();
        if (mac >= 0 && (mac == 0 || EthernetView.isGroup(mac) || mac == port.macAddress())) {
            return DropReason.BAD_NEIGHBOUR_MESSAGE;
        }
        return neighbour.isSolicitation()
                ? onSolicitation(port, facts, srcMac, nowNanos)
                : onAdvertisement(port, facts, nowNanos);
    }

    private DropReason onSolicitation(NetPort port, IpFacts facts, long srcMac, long nowNanos) {
        long hi = neighbour.targetHi();
        long lo = neighbour.targetLo();
        if (!port.spokenToAs(hi, lo)) {
            return DropReason.NOT_FOR_US;
        }
        boolean toGroup = IpAddresses.isMulticast(facts.localHi, facts.localLo);
        boolean ourGroup =
                facts.localHi == IpAddresses.solicitedNodeHi()
                        && facts.localLo == IpAddresses.solicitedNodeLo(lo);
        if (toGroup && !ourGroup) {
            return DropReason.NOT_FOR_US;
        }
        long linkAddress = neighbour.linkAddress();
        if (IpAddresses.isUnspecified(facts.remoteHi, facts.remoteLo)) {
            if (linkAddress >= 0 || !toGroup) {
                return DropReason.BAD_NEIGHBOUR_MESSAGE; // RFC 4861 s7.1.1
            }
            if (port.answersFor(hi, lo)) {
                // Somebody wants our address for himself: all hear whose it is (RFC 4862 s5.4.3).
                ip.control().announce(port, hi, lo);
            }
            return DropReason.NONE;
        }
        if (linkAddress >= 0 && port.onLink(facts.remoteHi, facts.remoteLo)) {
            ip.neighbours(port).onAsked(facts.remoteHi, facts.remoteLo, linkAddress, nowNanos);
        }
        if (port.answersFor(hi, lo)) {
            long askerMac = linkAddress >= 0 ? linkAddress : srcMac;
            ip.control().advertise(port, hi, lo, askerMac, facts.remoteHi, facts.remoteLo);
        }
        return DropReason.NONE;
    }

    private DropReason onAdvertisement(NetPort port, IpFacts facts, long nowNanos) {
        long hi = neighbour.targetHi();
        long lo = neighbour.targetLo();
        if (port.answersFor(hi, lo)) {
            ip.announcer(port).defend(hi, lo, nowNanos);
            return DropReason.ADDRESS_CONFLICT;
        }
        boolean toGroup = IpAddresses.isMulticast(facts.localHi, facts.localLo);
        boolean solicited = (neighbour.flags() & NeighbourView.FLAG_SOLICITED) != 0;
        boolean override = (neighbour.flags() & NeighbourView.FLAG_OVERRIDE) != 0;
        boolean fromNobody = IpAddresses.isUnspecified(facts.remoteHi, facts.remoteLo);
        if (fromNobody || solicited && toGroup) {
            return DropReason.BAD_NEIGHBOUR_MESSAGE; // RFC 4861 s7.1.2
        }
        long mac = neighbour.linkAddress();
        ip.neighbours(port).onClaimed(hi, lo, mac, solicited, override, nowNanos);
        return DropReason.NONE;
    }
}
