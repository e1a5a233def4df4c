package io.mptcplb.stack.mptcp;

import io.mptcplb.wire.IpAddresses;

/**
 * Clients of one IP version by the first bits of their address.
 *
 * @param hi high half of the network, v4-mapped where it is IPv4
 * @param lo low half
 * @param bits counted in the 128-bit form: 96 more for IPv4
 */
public record ClientPrefix(long hi, long lo, int bits) {
    boolean contains(long clientHi, long clientLo) {
        // In the 128-bit form all of IPv4 lies inside ::/0.
        return IpAddresses.isV4(hi, lo) == IpAddresses.isV4(clientHi, clientLo)
                && IpAddresses.samePrefix(hi, lo, clientHi, clientLo, bits);
    }
}
