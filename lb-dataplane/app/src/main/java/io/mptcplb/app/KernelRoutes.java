package io.mptcplb.app;

import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.IpPrefix;
import io.mptcplb.contract.PortConfig;
import io.mptcplb.contract.RouteConfig;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The routes of the kernel's main table by one device, as proc(5) tells them. */
final class KernelRoutes {
    private static final Path V4 = Path.of("/proc/self/net/route");
    private static final Path V6 = Path.of("/proc/self/net/ipv6_route");
    private static final int RTF_UP = 0x1;
    private static final int RTF_GATEWAY = 0x2;

    /** Reject, anycast and local: where the kernel sends nothing to the link. */
    private static final int NO_LINK = 0x200 | 0x10_0000 | 0x8000_0000;

    private static final int HEX = 16;

    private record Route(IpPrefix to, IpAddress gateway, long metric) {}

    private KernelRoutes() {}

    /**
     * Those that lead beyond the links of these addresses. Of several to one destination the
     * kernel's first choice.
     */
    static List<RouteConfig> read(String device, List<IpPrefix> addresses) throws IOException {
        // Not where the kernel speaks no IPv6.
        List<String> v6 = Files.exists(V6) ? Files.readAllLines(V6) : List.of();
        return of(Files.readAllLines(V4), v6, device, addresses);
    }

    static List<RouteConfig> of(
            List<String> v4, List<String> v6, String device, List<IpPrefix> addresses) {
        List<Route> found = new ArrayList<>();
        v4.forEach(line -> add(found, v4(line.strip().split("\\s+", -1), device)));
        v6.forEach(line -> add(found, v6(line.strip().split("\\s+", -1), device)));
        return choose(found, addresses);
    }

    private static void add(List<Route> to, @Nullable Route route) {
        if (route != null) {
            to.add(route);
        }
    }

    private static List<RouteConfig> choose(List<Route> found, List<IpPrefix> addresses) {
        // Links before what is reached by them, then as the kernel prefers.
        found.sort(
                Comparator.comparing((Route route) -> !route.gateway.isUnspecified())
                        .thenComparingLong(Route::metric));
        Map<IpPrefix, RouteConfig> chosen = new LinkedHashMap<>();
        for (Route route : found) {
            boolean itsOwnLink =
                    addresses.stream().anyMatch(address -> address.network().equals(route.to));
            if (!itsOwnLink || !route.gateway.isUnspecified()) {
                chosen.putIfAbsent(route.to, new RouteConfig(route.to, route.gateway));
            }
        }
        return chosen.values().stream().limit(PortConfig.ROUTES_MAX).toList();
    }

    /** Iface Destination Gateway Flags RefCnt Use Metric Mask; addresses in the host's order. */
    private static @Nullable Route v4(String[] words, String device) {
        if (words.length < 8 || !words[0].equals(device)) {
            return null;
        }
        int flags = Integer.parseInt(words[3], HEX);
        if ((flags & RTF_UP) == 0 || (flags & NO_LINK) != 0) {
            return null;
        }
        int bits = Integer.bitCount(Integer.parseUnsignedInt(words[7], HEX));
        IpAddress gateway = (flags & RTF_GATEWAY) == 0 ? IpAddress.v4(0) : v4(words[2]);
        return new Route(new IpPrefix(v4(words[1]), bits), gateway, Long.parseLong(words[6]));
    }

    private static IpAddress v4(String hostOrder) {
        int value = Integer.parseUnsignedInt(hostOrder, HEX);
        boolean littleEndian = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        return IpAddress.v4(littleEndian ? Integer.reverseBytes(value) : value);
    }

    /**
     * Destination, its bits, source, its bits, next hop, metric, references, use, flags, device.
     */
    private static @Nullable Route v6(String[] words, String device) {
        if (words.length < 10 || !words[9].equals(device)) {
            return null;
        }
        int flags = Integer.parseUnsignedInt(words[8], HEX);
        IpAddress to = v6(words[0]);
        if ((flags & RTF_UP) == 0
                || (flags & NO_LINK) != 0
                || to.isMulticast()
                || to.isLinkLocalV6()) {
            return null;
        }
        IpAddress gateway = (flags & RTF_GATEWAY) == 0 ? new IpAddress(0, 0) : v6(words[4]);
        return new Route(
                new IpPrefix(to, Integer.parseInt(words[1], HEX)),
                gateway,
                Long.parseLong(words[5], HEX));
    }

    private static IpAddress v6(String hex) {
        return new IpAddress(
                Long.parseUnsignedLong(hex.substring(0, HEX), HEX),
                Long.parseUnsignedLong(hex.substring(HEX), HEX));
    }
}
