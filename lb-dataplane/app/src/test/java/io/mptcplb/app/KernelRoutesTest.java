package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.mptcplb.contract.IpPrefix;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What proc(5) says of routes, as pods' networks have them. */
class KernelRoutesTest {
    private static final String V4_TITLE =
            "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT";

    private static List<String> routes(String device, String address, String... lines) {
        List<String> v4 =
                Stream.concat(Stream.of(V4_TITLE), Stream.of(lines))
                        .filter(line -> line.indexOf('\t') > 0)
                        .toList();
        List<String> v6 = Stream.of(lines).filter(line -> line.indexOf('\t') < 0).toList();
        List<IpPrefix> addresses = List.of(IpPrefix.parse(address));
        return KernelRoutes.of(v4, v6, device, addresses).stream()
                .map(route -> route.destination() + " via " + route.gateway())
                .toList();
    }

    @Test
    void bridge_itsLinkIsKnown_theGatewayIsLearned() {
        assertEquals(
                List.of("0.0.0.0/0 via 192.0.2.1"),
                routes(
                        "eth0",
                        "192.0.2.77/24",
                        "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
                        "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
                        "net1\t006433C6\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0"));
    }

    /** One address without a link: the gateway is a neighbour because a route says so. */
    @Test
    void pointToPoint_theGatewaysOwnRouteIsLearned() {
        assertEquals(
                List.of("169.254.1.1/32 via 0.0.0.0", "0.0.0.0/0 via 169.254.1.1"),
                routes(
                        "eth0",
                        "192.0.2.77/32",
                        "eth0\t0101FEA9\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0",
                        "eth0\t00000000\t0101FEA9\t0003\t0\t0\t0\t00000000\t0\t0\t0"));
    }

    @Test
    void twoToOneDestination_theLowerMetricIsChosen() {
        assertEquals(
                List.of("0.0.0.0/0 via 192.0.2.2"),
                routes(
                        "eth0",
                        "192.0.2.77/24",
                        "eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0",
                        "eth0\t00000000\t020200C0\t0003\t0\t0\t50\t00000000\t0\t0\t0"));
    }

    @Test
    void v6_gatewaysAndLinksAreLearned_notWhatIsLocalOrForGroups() {
        String zero = "00000000000000000000000000000000";
        String link = "20010db8000000010000000000000000";
        String own = "20010db8000000010000000000000077";
        String router = "fe800000000000000000000000000001";
        String groups = "ff000000000000000000000000000000";
        String tail = " 00000400 00000001 00000000 ";
        assertEquals(
                List.of("::/0 via fe80::1"),
                routes(
                        "eth0",
                        "2001:db8:0:1::77/64",
                        link + " 40 " + zero + " 00 " + zero + tail + "00000001 eth0",
                        zero + " 00 " + zero + " 00 " + router + tail + "00000003 eth0",
                        own + " 80 " + zero + " 00 " + zero + tail + "80200001 eth0",
                        groups + " 08 " + zero + " 00 " + zero + tail + "00000001 eth0",
                        zero + " 00 " + zero + " 00 " + zero + tail + "00200200 lo"));
    }
}
