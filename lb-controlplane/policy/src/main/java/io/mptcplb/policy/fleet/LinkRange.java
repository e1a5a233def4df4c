package io.mptcplb.policy.fleet;

import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.IpPrefix;
import java.util.Optional;
import java.util.Set;

/**
 * Addresses on one link, out of which every node gets one for a port.
 *
 * @param bits the prefix length of the link
 */
public record LinkRange(AddressRange range, int bits) {
    /** Reads {@code first-last/length} or {@code address/length}. */
    public static LinkRange parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("'" + text + "' has no prefix length of the link");
        }
        String addresses = text.substring(0, slash);
        int hyphen = addresses.indexOf('-');
        IpAddress first = IpAddress.parse(hyphen < 0 ? addresses : addresses.substring(0, hyphen));
        IpAddress last = hyphen < 0 ? first : IpAddress.parse(addresses.substring(hyphen + 1));
        IpPrefix link = IpPrefix.parse(first + text.substring(slash));
        if (!link.network().contains(last)) {
            throw new IllegalArgumentException(
                    last + " lies outside of the link " + link.network());
        }
        return new LinkRange(new AddressRange(first, last), link.bits());
    }

    public boolean contains(IpPrefix address) {
        return address.bits() == bits && range.contains(address.address());
    }

    /** The lowest address that is not taken. */
    public Optional<IpPrefix> lowestFree(Set<IpAddress> taken) {
        for (long i = 0; i < range.size() && i <= taken.size(); i++) {
            if (!taken.contains(range.at(i))) {
                return Optional.of(new IpPrefix(range.at(i), bits));
            }
        }
        return Optional.empty();
    }
}
