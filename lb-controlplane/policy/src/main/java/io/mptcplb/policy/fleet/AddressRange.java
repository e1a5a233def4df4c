package io.mptcplb.policy.fleet;

import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.IpPrefix;

/** Addresses without gaps, both ends included. */
public record AddressRange(IpAddress first, IpAddress last) {
    /** Stands for that many or more. */
    public static final long SIZE_MAX = Integer.MAX_VALUE;

    public AddressRange {
        if (first.isV4() != last.isV4()) {
            throw new IllegalArgumentException(
                    first + " and " + last + " are of different IP versions");
        }
        if (first.compareTo(last) > 0) {
            throw new IllegalArgumentException(first + " comes after " + last);
        }
    }

    /**
     * Reads {@code first-last} or a network. Of an IPv4 network of more than two addresses the
     * first and the last are left out: they may be a link's own and its broadcast address.
     */
    public static AddressRange parse(String text) {
        int hyphen = text.indexOf('-');
        if (hyphen >= 0) {
            return new AddressRange(
                    IpAddress.parse(text.substring(0, hyphen)),
                    IpAddress.parse(text.substring(hyphen + 1)));
        }
        IpPrefix network = IpPrefix.parse(text);
        if (!network.equals(network.network())) {
            throw new IllegalArgumentException(
                    text + " has host bits set, the network is " + network.network());
        }
        IpAddress first = network.address();
        IpAddress last = lastOf(network);
        boolean trimmed = first.isV4() && network.bits() < 31;
        return trimmed
                ? new AddressRange(plus(first, 1), plus(last, -1))
                : new AddressRange(first, last);
    }

    private static IpAddress lastOf(IpPrefix network) {
        int hostBits = network.address().bits() - network.bits();
        IpAddress first = network.address();
        long high = hostBits > 64 ? ones(hostBits - 64) : 0;
        return new IpAddress(first.hi() | high, first.lo() | ones(Math.min(hostBits, 64)));
    }

    private static long ones(int bits) {
        return bits == 0 ? 0 : -1L >>> 64 - bits;
    }

    /** The address {@code steps} behind another one; steps may be -1. */
    static IpAddress plus(IpAddress address, long steps) {
        long lo = address.lo() + steps;
        long hi = address.hi();
        if (steps >= 0 && Long.compareUnsigned(lo, address.lo()) < 0) {
            hi++;
        } else if (steps < 0 && Long.compareUnsigned(lo, address.lo()) > 0) {
            hi--;
        }
        return new IpAddress(hi, lo);
    }

    /** How many addresses, at most {@link #SIZE_MAX}. */
    public long size() {
        long distance = last.lo() - first.lo();
        boolean many = first.hi() != last.hi() || distance < 0 || distance >= SIZE_MAX;
        return many ? SIZE_MAX : distance + 1;
    }

    public boolean contains(IpAddress address) {
        return address.isV4() == first.isV4()
                && address.compareTo(first) >= 0
                && address.compareTo(last) <= 0;
    }

    /** The address at a place, counted from 0. */
    public IpAddress at(long index) {
        return plus(first, index);
    }
}
