package io.mptcplb.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Valid configurations of every shape, from a seeded generator. */
public final class RandomConfigs {
    private final RandomGenerator random;

    public RandomConfigs(RandomGenerator random) {
        this.random = random;
    }

    public LbConfig next() {
        List<PortConfig> ports = ports();
        List<PoolConfig> pools =
                IntStream.range(0, 1 + random.nextInt(4)).mapToObj(this::pool).toList();
        List<VirtualServerConfig> servers =
                IntStream.range(0, random.nextInt(5))
                        .mapToObj(i -> server(i, ports, pools))
                        .toList();
        return new LbConfig(
                random.nextLong() & Long.MAX_VALUE,
                workers(),
                buffers(),
                sizes(),
                ports,
                servers,
                pools);
    }

    private WorkerConfig workers() {
        int count = random.nextInt(1, WorkerConfig.COUNT_MAX + 1);
        List<Integer> cores =
                random.nextBoolean() ? List.of() : IntStream.range(0, count).boxed().toList();
        return new WorkerConfig(count, any(IdleMode.values()), cores);
    }

    private BufferConfig buffers() {
        int count = random.nextInt(BufferConfig.COUNT_MIN, BufferConfig.COUNT_MAX + 1);
        long session =
                random.nextLong(
                        BufferConfig.SESSION_BUDGET_BYTES_MIN,
                        BufferConfig.SESSION_BUDGET_BYTES_MAX + 1);
        long worker =
                random.nextBoolean()
                        ? 0
                        : random.nextLong(session, BufferConfig.WORKER_BUDGET_BYTES_MAX);
        return new BufferConfig(
                any(MemoryMode.values()),
                count,
                random.nextInt(BufferConfig.ROOM_BYTES_MIN, BufferConfig.ROOM_BYTES_MAX + 1),
                random.nextInt(count / 2),
                session,
                worker);
    }

    private SizeConfig sizes() {
        return new SizeConfig(
                random.nextInt(1, SizeConfig.CONNECTIONS_MAX + 1),
                random.nextInt(SizeConfig.TABLE_MIN, SizeConfig.HALF_OPEN_MAX + 1),
                random.nextInt(SizeConfig.TABLE_MIN, SizeConfig.CONNECTIONS_MAX + 1),
                random.nextInt(SizeConfig.TABLE_MIN, SizeConfig.NEIGHBOURS_MAX + 1));
    }

    private List<PortConfig> ports() {
        List<PortConfig> ports = new ArrayList<>();
        int count = 1 + random.nextInt(6);
        for (int i = 0; i < count; i++) {
            PortRole role = i == 0 ? PortRole.BOTH : any(PortRole.values());
            ports.add(port(i, role));
        }
        return ports;
    }

    private PortConfig port(int index, PortRole role) {
        IpAddress v4 = IpAddress.v4(0xc633_6400 | index << 4 | 1);
        IpAddress v6 = new IpAddress(0x2001_0db8_0000_0000L | index, 1);
        IpPrefix near = new IpPrefix(v4, 28);
        IpPrefix near6 = new IpPrefix(v6, 64);
        boolean both = random.nextBoolean();
        List<RouteConfig> routes = new ArrayList<>();
        if (random.nextBoolean()) {
            routes.add(new RouteConfig(IpPrefix.DEFAULT_V4, IpAddress.v4(v4.v4() + 1)));
        }
        if (both && random.nextBoolean()) {
            routes.add(new RouteConfig(IpPrefix.DEFAULT_V6, new IpAddress(v6.hi(), 2)));
        }
        PortDevice device = device(index);
        boolean mayShare = role == PortRole.BACKEND && device.driver() == PortDriver.PACKET;
        boolean shares = mayShare && random.nextBoolean();
        return new PortConfig(
                "port-" + index,
                device,
                role,
                random.nextInt(PortConfig.COST_MAX + 1),
                shares,
                both ? List.of(near, near6) : List.of(near),
                routes);
    }

    private PortDevice device(int index) {
        PortDriver driver = any(PortDriver.values());
        String name =
                switch (driver) {
                    case AF_PACKET, AF_XDP, PACKET -> "eth" + index;
                    case PCI -> "0000:03:0" + index + ".1";
                    case VDEV -> "net_ring" + index + ",nodeaction=ring:CREATE";
                };
        int mtuBytes = random.nextBoolean() ? 0 : random.nextInt(1280, 65_536);
        MacAddress mac =
                random.nextBoolean() ? MacAddress.AUTO : new MacAddress(0x0200_0000_0000L | index);
        int queueFrames = 64 << random.nextInt(10);
        // Without a draw: configurations of a seed stay what they were before there were VLANs.
        boolean tagged = driver == PortDriver.PACKET && queueFrames <= 1024;
        int vlan = tagged ? 1 + mtuBytes % PortDevice.VLAN_MAX : 0;
        return new PortDevice(driver, name, mtuBytes, mac, queueFrames, vlan);
    }

    private VirtualServerConfig server(int index, List<PortConfig> ports, List<PoolConfig> pools) {
        List<IpAddress> addresses = new ArrayList<>();
        addresses.add(IpAddress.v4(0xcb00_7100 | index));
        if (random.nextBoolean()) {
            addresses.add(new IpAddress(0x2001_0db8_0000_ffffL, index + 1));
        }
        return new VirtualServerConfig(
                "server-" + index,
                addresses,
                random.nextInt(4) == 0 ? List.of(addresses.getLast()) : List.of(),
                random.nextInt(1, 65_536),
                pools.get(random.nextInt(pools.size())).name(),
                mptcp(ports),
                clientPolicies(ports),
                new TimeoutConfig(nanos(), nanos(), nanos(), nanos()),
                random.nextInt(1, SizeConfig.CONNECTIONS_MAX + 1));
    }

    private List<ClientPolicyConfig> clientPolicies(List<PortConfig> ports) {
        List<ClientPolicyConfig> policies = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            IpPrefix v4 = new IpPrefix(IpAddress.v4(0xc612_0000 | i << 8), random.nextInt(24, 33));
            IpPrefix v6 = new IpPrefix(new IpAddress(0x2001_0db8_0000_0000L | i << 8, 0), 56);
            policies.add(
                    new ClientPolicyConfig(
                            random.nextBoolean() ? List.of(v4) : List.of(v6, v4), mptcp(ports)));
        }
        return policies;
    }

    private MptcpConfig mptcp(List<PortConfig> ports) {
        List<AdvertiseConfig> advertise = new ArrayList<>();
        for (PortConfig port : ports) {
            if (random.nextBoolean()) {
                int id = advertise.size() + 1 + random.nextInt(2) * 100;
                IpAddress address = port.addresses().getFirst().address();
                advertise.add(
                        new AdvertiseConfig(id, port.name(), address, random.nextInt(65_536)));
            }
        }
        List<String> backup =
                ports.stream().filter(port -> random.nextBoolean()).map(PortConfig::name).toList();
        return new MptcpConfig(
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextInt(MptcpConfig.SUBFLOWS_MAX + 1),
                advertise,
                backup);
    }

    private long nanos() {
        return random.nextLong(TimeoutConfig.NANOS_MIN, TimeoutConfig.NANOS_MAX + 1);
    }

    private PoolConfig pool(int index) {
        List<BackendConfig> backends = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            IpAddress address = IpAddress.v4(0xc000_0200 | i);
            backends.add(
                    new BackendConfig(
                            "backend-" + i,
                            address,
                            random.nextInt(1, 65_536),
                            random.nextInt(257)));
        }
        return new PoolConfig("pool-" + index, any(Balance.values()), backends);
    }

    private <T> T any(T[] values) {
        return values[random.nextInt(values.length)];
    }
}
