package io.mptcplb.bench.lab;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** The laboratory's addresses and ports: the same in every lab, as each has its own namespaces. */
public final class LabAddresses {
    public static final String CLIENT_1 = "192.0.2.10";
    public static final String CLIENT_2 = "198.51.100.10";
    public static final String BOX_1 = "192.0.2.1";
    public static final String BOX_2 = "198.51.100.1";
    public static final String BOX_BACKEND = "203.0.113.1";
    public static final String BACKEND = "203.0.113.10";
    public static final int PREFIX_BITS = 24;

    public static final String CLIENT_1_V6 = "2001:db8:1::10";
    public static final String CLIENT_2_V6 = "2001:db8:2::10";
    public static final String BOX_1_V6 = "2001:db8:1::1";
    public static final String BOX_2_V6 = "2001:db8:2::1";
    public static final String BOX_BACKEND_V6 = "2001:db8:3::1";
    public static final String BACKEND_V6 = "2001:db8:3::10";
    public static final int PREFIX_BITS_V6 = 64;

    public static final int SERVICE_PORT = 5001;
    public static final int BACKEND_PORT = 6001;

    public static final String CLIENT_1_MAC = "02:00:00:00:01:0a";
    public static final String CLIENT_2_MAC = "02:00:00:00:02:0a";
    public static final String BOX_1_MAC = "02:00:00:00:01:01";
    public static final String BOX_2_MAC = "02:00:00:00:02:01";
    public static final String BOX_BACKEND_MAC = "02:00:00:00:03:01";
    public static final String BACKEND_MAC = "02:00:00:00:03:0a";

    private LabAddresses() {}

    /** Where clients connect to: the box's address on path 1. */
    public static InetSocketAddress service() {
        return socket(BOX_1, SERVICE_PORT);
    }

    /** The same by IPv6. */
    public static InetSocketAddress serviceV6() {
        return socket(BOX_1_V6, SERVICE_PORT);
    }

    /**
     * An IPv4 address for a socket of IPv6's kind (RFC 3493 s3.7): the kernel's connection of such
     * a socket may have subflows of both families.
     */
    public static InetSocketAddress mapped(String v4, int port) {
        byte[] mapped = new byte[16];
        mapped[10] = -1;
        mapped[11] = -1;
        System.arraycopy(InetAddress.ofLiteral(v4).getAddress(), 0, mapped, 12, 4);
        try {
            return new InetSocketAddress(Inet6Address.getByAddress(null, mapped, -1), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Where the box connects to. */
    public static InetSocketAddress backend() {
        return socket(BACKEND, BACKEND_PORT);
    }

    /** The same by IPv6. */
    public static InetSocketAddress backendV6() {
        return socket(BACKEND_V6, BACKEND_PORT);
    }

    public static InetSocketAddress socket(String address, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), port);
    }
}
