package io.mptcplb.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One mistake at a time in a sound document: what is answered, and that nothing else is. */
class MistakesTest {
    private static final String SOUND =
            """
            ports:
              - name: isp-a
                device: eth1
                role: client
                addresses: [198.51.100.10/24, 2001:db8:a::10/64]
                routes:
                  - to: default
                    via: 198.51.100.1
              - name: lan
                device: eth2
                role: backend
                addresses: [192.0.2.10/24]
                routes:
                  - {to: 198.18.0.0/15, via: 192.0.2.1}
            virtualServers:
              - name: web
                addresses: [203.0.113.10]
                port: 443
                pool: web
                mptcp:
                  maxSubflows: 2
                  advertise:
                    - port: isp-a
                timeouts:
                  idle: 5m
            pools:
              - name: web
                backends:
                  - name: one
                    address: 192.0.2.21
                    port: 8080
            """;

    private static Arguments bad(String sound, String mistake, String... answers) {
        return Arguments.of(sound, mistake, List.of(answers));
    }

    static List<Arguments> mistakes() {
        return List.of(
                // Form: keys and types.
                bad(
                        "device: eth1",
                        "devise: eth1",
                        "2: ports[0].device: missing",
                        "3: ports[0].devise: unknown key, did you mean device?"),
                bad(
                        "pools:",
                        "poolz:",
                        "1: pools: missing",
                        "19: virtualServers[0].pool: no pool is named web",
                        "26: poolz: unknown key, did you mean pools?"),
                bad(
                        "port: 443",
                        "port: 443\n    ssl: true",
                        "19: virtualServers[0].ssl: unknown key"),
                bad("port: 443", "", "16: virtualServers[0].port: missing"),
                bad(
                        "port: 443",
                        "port:",
                        "18: virtualServers[0].port: a single value is wanted, found nothing"),
                bad(
                        "port: 443",
                        "port: [443]",
                        "18: virtualServers[0].port: a single value is wanted, found a list"),
                bad(
                        "port: 443",
                        "port: 443.0",
                        "18: virtualServers[0].port: a whole number is wanted, found '443.0'"),
                bad(
                        "port: 443",
                        "port: https",
                        "18: virtualServers[0].port: a whole number is wanted, found 'https'"),
                bad(
                        "port: 443",
                        "port: \"443\"",
                        "18: virtualServers[0].port: a whole number is wanted, found '443'"),
                bad("port: 443", "port: 0", "18: virtualServers[0].port: 0 is not in 1 to 65535"),
                bad(
                        "port: 443",
                        "port: 99999999999999999999",
                        "18: virtualServers[0].port: 99999999999999999999 is not in 1 to 65535"),
                bad(
                        "port: 443",
                        "port: 443\n    port: 80",
                        "19: virtualServers[0].port: appears twice, first on line 18"),
                bad(
                        "    addresses: [192.0.2.10/24]\n"
                                + "    routes:\n"
                                + "      - {to: 198.18.0.0/15, via: 192.0.2.1}\n",
                        "    addresses: [192.0.2.10/24]\n    shareKernelAddress: true\n    mac:"
                                + " 02:00:5e:10:00:01\n    driver: net_af_packet\n",
                        "12: ports[1].addresses: 1 entries, at most 0",
                        "14: ports[1].mac: a port that shares the kernel's address has the"
                                + " kernel's: auto",
                        "15: ports[1].driver: a port that shares the kernel's address has driver"
                                + " packet"),
                bad(
                        "role: backend\n    addresses: [192.0.2.10/24]\n    routes:\n      - {to:"
                                + " 198.18.0.0/15, via: 192.0.2.1}\n",
                        "role: both\n    shareKernelAddress: true\n",
                        "11: ports[1].role: a port that shares the kernel's address has role"
                                + " backend"),
                bad(
                        "addresses: [203.0.113.10]",
                        "addresses: [203.0.113.10]\n    announce: [203.0.113.11, 203.0.113.11]",
                        "18: virtualServers[0].announce[0]: 203.0.113.11 is none of this virtual"
                                + " server's addresses",
                        "18: virtualServers[0].announce[1]: 203.0.113.11 is none of this virtual"
                                + " server's addresses",
                        "18: virtualServers[0].announce[1]: announced address 203.0.113.11 is taken"
                                + " by virtualServers[0].announce[0] on line 18"),
                bad(
                        "addresses: [203.0.113.10]",
                        "addresses: [203.0.113.10]\n    announce: true",
                        "18: virtualServers[0].announce: a list is wanted, found 'true'"),
                bad(
                        "addresses: [203.0.113.10]",
                        "addresses: [198.51.100.10]\n    announce: []",
                        "18: virtualServers[0].announce: 198.51.100.10 is missing: it is the"
                                + " address of port isp-a, which answers for it whoever else does"),
                bad(
                        "virtualServers:",
                        "passStraysTo: [198.51.100.10, 203.0.113.10, 192.0.2.11, 198.51.100.11,"
                                + " 198.51.100.11]\nvirtualServers:",
                        "15: passStraysTo[0]: 198.51.100.10 is an address of this box",
                        "15: passStraysTo[1]: 203.0.113.10 is an address of this box",
                        "15: passStraysTo[2]: 192.0.2.11 lies in the prefix of no port with role"
                                + " client or both: strays are passed on by the link that they"
                                + " came by",
                        "15: passStraysTo[4]: box 198.51.100.11 is taken by passStraysTo[3] on"
                                + " line 15"),
                bad(
                        "addresses: [203.0.113.10]",
                        "addresses: 203.0.113.10",
                        "17: virtualServers[0].addresses: a list is wanted, found '203.0.113.10'"),
                bad(
                        "addresses: [203.0.113.10]",
                        "addresses: []",
                        "17: virtualServers[0].addresses: is empty"),
                bad(
                        "maxSubflows: 2",
                        "maxSubflows: 2\n      enabled: on",
                        "22: virtualServers[0].mptcp.enabled: true or false is wanted, found 'on'"),
                bad(
                        "name: web\n    addresses",
                        "name: true\n    addresses",
                        "16: virtualServers[0].name: a text is wanted, 'true' is none: quote it"),
                bad(
                        "name: web\n    addresses",
                        "name: \"\"\n    addresses",
                        "16: virtualServers[0].name: is empty"),
                bad(
                        "name: web\n    addresses",
                        "name: my web\n    addresses",
                        "16: virtualServers[0].name: 'my web' is not a name: letters, digits and ."
                            + " _ / : -, starting with a letter or digit, at most 253 characters"),
                bad(
                        "timeouts:\n      idle: 5m",
                        "timeouts: 5m",
                        "24: virtualServers[0].timeouts: a mapping is wanted, found '5m'"),
                bad(
                        "- port: isp-a",
                        "- isp-a",
                        "23: virtualServers[0].mptcp.advertise[0]: a mapping is wanted, found"
                                + " 'isp-a'"),
                bad(
                        "role: client",
                        "role: front",
                        "4: ports[0].role: 'front' is not one of client, backend, both"),
                bad(
                        "role: client",
                        "role: client\n    driver: af_packet",
                        "5: ports[0].driver: 'af_packet' is not one of net_af_packet, net_af_xdp,"
                                + " pci, vdev, packet, did you mean packet?"),
                // Durations and sizes.
                bad(
                        "idle: 5m",
                        "idle: 300",
                        "25: virtualServers[0].timeouts.idle: '300' has no unit: one of ms, s, m,"
                                + " h, d"),
                bad(
                        "idle: 5m",
                        "idle: 5 min",
                        "25: virtualServers[0].timeouts.idle: unknown unit 'min': one of ms, s, m,"
                                + " h, d"),
                bad(
                        "idle: 5m",
                        "idle: 1.5s",
                        "25: virtualServers[0].timeouts.idle: a duration such as 200ms, 5s, 2m, 1h"
                                + " or 1d is wanted, found '1.5s'"),
                bad(
                        "idle: 5m",
                        "idle: 8d",
                        "25: virtualServers[0].timeouts.idle: 8d is not in 1ms to 7d"),
                bad(
                        "idle: 5m",
                        "idle: 999999999999999999d",
                        "25: virtualServers[0].timeouts.idle: 999999999999999999d is not in 1ms to"
                                + " 7d"),
                bad(
                        "ports:\n  - name: isp-a",
                        "buffers: {room: 2KB}\nports:\n  - name: isp-a",
                        "1: buffers.room: unknown unit 'KB': one of B, KiB, MiB, GiB"),
                bad(
                        "ports:\n  - name: isp-a",
                        "buffers: {sessionBudget: 32KiB}\nports:\n  - name: isp-a",
                        "1: buffers.sessionBudget: 32KiB is not in 64KiB to 1GiB"),
                bad(
                        "ports:\n  - name: isp-a",
                        "buffers: {workerBudget: 1MiB}\nports:\n  - name: isp-a",
                        "1: buffers.workerBudget: less than one session's budget, 24MiB"),
                bad(
                        "ports:\n  - name: isp-a",
                        "buffers: {workerBudget: 1GiB}\nports:\n  - name: isp-a",
                        "1: buffers.workerBudget: 1GiB is more than the 30464 buffers that the"
                                + " receive reserve leaves, 112336KiB"),
                bad(
                        "ports:\n  - name: isp-a",
                        "buffers: {count: 3000}\nports:\n  - name: isp-a",
                        "1: buffers.count: 3000 buffers are too few: the ports' receive reserve"
                                + " takes 2304, one session's budget 6665"),
                bad(
                        "ports:\n  - name: isp-a",
                        "workers: {count: 2, cores: [1]}\nports:\n  - name: isp-a",
                        "1: workers.cores: 1 cores for 2 workers: one for each, or none"),
                bad(
                        "ports:\n  - name: isp-a",
                        "workers: {count: 2}\nports:\n  - driver: net_af_packet\n    name: isp-a",
                        "3: ports[0].driver: net_af_packet has one queue so far, and"
                                + " workers.count is 2: take driver packet, or one worker"),
                // Addresses and routes.
                bad(
                        "198.51.100.10/24",
                        "198.51.100.256/24",
                        "5: ports[0].addresses[0]: '198.51.100.256' is not an IP address"),
                bad(
                        "198.51.100.10/24",
                        "198.51.100.10/33",
                        "5: ports[0].addresses[0]: prefix length '33' is not in 0 to 32"),
                bad(
                        "192.0.2.10/24",
                        "192.0.2.255/24",
                        "12: ports[1].addresses[0]: 192.0.2.255 is the network's broadcast"
                                + " address"),
                bad(
                        "192.0.2.10/24",
                        "127.0.0.1/8",
                        "12: ports[1].addresses[0]: 127.0.0.1 is not a host address"),
                bad(
                        "[203.0.113.10]",
                        "[203.0.113.010]",
                        "17: virtualServers[0].addresses[0]: '203.0.113.010' is not an IP address"),
                bad(
                        "[203.0.113.10]",
                        "[203.0.113.10/32]",
                        "17: virtualServers[0].addresses[0]: '203.0.113.10/32' is not an IP"
                                + " address"),
                bad(
                        "[203.0.113.10]",
                        "[224.0.0.1]",
                        "17: virtualServers[0].addresses[0]: 224.0.0.1 is not a host address"),
                bad(
                        "[203.0.113.10]",
                        "[203.0.113.10, 203.0.113.10]",
                        "17: virtualServers[0].addresses[1]: virtual address 203.0.113.10 port 443"
                                + " is taken by virtualServers[0].addresses[0] on line 17"),
                bad(
                        "[203.0.113.10]",
                        "[192.0.2.10]",
                        "17: virtualServers[0].addresses[0]: 192.0.2.10 is the address of port lan,"
                                + " which has role backend"),
                bad(
                        "[203.0.113.10]",
                        "[198.51.100.1]",
                        "17: virtualServers[0].addresses[0]: 198.51.100.1 is a gateway of port"
                                + " isp-a"),
                bad(
                        "198.51.100.10/24, 2001:db8:a::10/64]\n"
                                + "    routes:\n"
                                + "      - to: default\n"
                                + "        via: 198.51.100.1",
                        "2001:db8:a::10/64]",
                        "14: virtualServers[0].addresses[0]: no port with role client or both has"
                                + " an IPv4 address",
                        "20: virtualServers[0].mptcp.advertise[0].port: port isp-a has no address"
                                + " of this virtual server's IP version"),
                bad(
                        "via: 198.51.100.1",
                        "via: 198.51.101.1",
                        "8: ports[0].routes[0].via: 198.51.101.1 lies in the prefix of none of this"
                                + " port's addresses"),
                bad(
                        "to: default",
                        "to: 198.18.0.0",
                        "7: ports[0].routes[0].to: '198.18.0.0' has no prefix length: write"
                                + " 198.51.100.0/24, 2001:db8::/32 or default"),
                bad(
                        "address: 192.0.2.21",
                        "address: 203.0.113.21",
                        "30: pools[0].backends[0].address: 203.0.113.21 lies in no prefix and"
                                + " behind no route of a port with role backend or both"),
                bad(
                        "address: 192.0.2.21",
                        "address: 192.0.2.10",
                        "30: pools[0].backends[0].address: 192.0.2.10 is the address of port lan"),
                bad(
                        "address: 192.0.2.21",
                        "address: one.example",
                        "30: pools[0].backends[0].address: 'one.example' is not an IP address"),
                // Names and references.
                bad(
                        "name: lan",
                        "name: isp-a",
                        "9: ports[1].name: name isp-a is taken by ports[0].name on line 2"),
                bad(
                        "device: eth2",
                        "device: eth1",
                        "10: ports[1].device: device eth1 is taken by ports[0].device on line 3"),
                bad(
                        "device: eth2",
                        "device: a-device-with-a-long-name",
                        "10: ports[1].device: 'a-device-with-a-long-name' is not a kernel network"
                                + " device (at most 15 characters, no space, '/', ',' or ':'), as"
                                + " driver packet wants it"),
                bad(
                        "device: eth2",
                        "device: eth2\n    driver: pci",
                        "10: ports[1].device: 'eth2' is not a PCI address such as 0000:03:00.1, as"
                                + " driver pci wants it"),
                bad(
                        "role: backend",
                        "role: client",
                        "1: ports: no port has role backend or both",
                        "30: pools[0].backends[0].address: 192.0.2.21 lies in no prefix and behind"
                                + " no route of a port with role backend or both"),
                bad("pool: web", "pool: api", "19: virtualServers[0].pool: no pool is named api"),
                bad(
                        "- port: isp-a",
                        "- port: isp-b",
                        "23: virtualServers[0].mptcp.advertise[0].port: no port is named isp-b, did"
                                + " you mean isp-a?"),
                bad(
                        "- port: isp-a",
                        "- port: lan",
                        "23: virtualServers[0].mptcp.advertise[0].port: port lan has role backend"),
                bad(
                        "- port: isp-a",
                        "- port: isp-a\n          address: 198.51.100.11",
                        "24: virtualServers[0].mptcp.advertise[0].address: 198.51.100.11 belongs"
                                + " neither to port isp-a nor to this virtual server"),
                bad(
                        "maxSubflows: 2",
                        "maxSubflows: 9",
                        "21: virtualServers[0].mptcp.maxSubflows: 9 is not in 0 to 8"),
                bad(
                        "role: client",
                        "role: client\n    driver: net_af_packet\n    mtu: 9000",
                        "6: ports[0].mtu: frames of 9000 bytes do not fit buffers.room, 3520B: at"
                                + " least 9146B"),
                bad(
                        "role: client",
                        "role: client\n    vlan: 4095",
                        "5: ports[0].vlan: 4095 is not in 1 to 4094"),
                bad(
                        "role: client",
                        "role: client\n    driver: net_af_packet\n    vlan: 100",
                        "6: ports[0].vlan: a port on a VLAN has driver packet"),
                // YAML itself.
                bad(
                        "    device: eth1",
                        "\tdevice: eth1",
                        "3: yaml: found character '\\t(TAB)' that cannot start any token. (Do not"
                                + " use \\t(TAB) for indentation)"),
                bad("[203.0.113.10]", "[203.0.113.10", "18: yaml: expected ',' or ']', but got :"),
                bad("pool: web", "pool: *web", "19: yaml: found undefined alias web"),
                bad(
                        "pool: web",
                        "pool: !secret web",
                        "19: yaml: tags such as !secret have no meaning here"),
                bad(
                        "    port: 443",
                        "   port: 443",
                        "18: yaml: expected <block end>, but found '<block mapping start>'"),
                bad(
                        "port: 443",
                        "port: 443 \u0007",
                        "18: yaml: character U+0007 is not allowed in YAML"));
    }

    @ParameterizedTest(name = "[{index}]")
    @MethodSource("mistakes")
    void mistake_isAnsweredWithLineKeyAndRule(String sound, String mistake, List<String> answers) {
        assertEquals(
                1,
                SOUND.split(java.util.regex.Pattern.quote(sound), -1).length - 1,
                "the text to replace is unique");
        List<String> expected = answers.stream().map(answer -> "lb.yaml:" + answer).toList();
        assertEquals(
                String.join("\n", expected),
                problems(SOUND.replace(sound, mistake)).stream()
                        .map(Problem::toString)
                        .collect(Collectors.joining("\n")));
    }

    private static List<Problem> problems(String text) {
        return switch (LbYaml.compile("lb.yaml", text, 1)) {
            case Compilation.Compiled compiled -> List.of();
            case Compilation.Refused refused -> refused.problems();
        };
    }

    @Test
    void soundDocument_hasNoMistake() {
        assertInstanceOf(Compilation.Compiled.class, LbYaml.compile("lb.yaml", SOUND, 1));
    }

    @Test
    void multiplyingAliases_areStopped() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            bomb.append("a").append(i).append(": &a").append(i).append(" [");
            bomb.append(("*a" + (i - 1) + ", ").repeat(9)).append("*a").append(i - 1).append("]\n");
        }
        assertEquals(
                "[lb.yaml:1: yaml: nested or aliased beyond all measure]",
                problems(bomb.toString()).toString());
        String deep = "[".repeat(5_000) + "]".repeat(5_000);
        assertTrue(problems(deep).getFirst().path().equals("yaml"), "deep nesting");
        assertTrue(problems("a: &a [*a]").getFirst().path().equals("yaml"), "self reference");
    }

    /** Whatever is written, the answer is a configuration or problems that stand somewhere. */
    @Test
    void mutilatedDocuments_areAlwaysAnswered() {
        String[] words = SOUND.split("(?<=\\s)|(?=\\s)|(?<=[:,\\[\\]{}])|(?=[:,\\[\\]{}])");
        String[] odd = {
            "",
            "~",
            "[]",
            "{}",
            "0",
            "-1",
            "1e9",
            "::",
            "a",
            "*a",
            "&a",
            "\"",
            "'",
            "|",
            ">",
            "%",
            "@",
            "\t",
            "\n",
            "  ",
            "- ",
            ": ",
            "# ",
            "---\n",
            "4294967296",
            "255.255.255.255/32",
            "0.0.0.0/0",
            "auto",
            "default"
        };
        for (long seed = 0; seed < Integer.getInteger("mptcplb.fuzz.inputs", 3_000); seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            String[] changed = words.clone();
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                int at = random.nextInt(changed.length);
                changed[at] =
                        random.nextBoolean()
                                ? odd[random.nextInt(odd.length)]
                                : words[random.nextInt(words.length)];
            }
            String text = String.join("", changed);
            try {
                for (Problem problem : problems(text)) {
                    assertTrue(
                            problem.at().line() > 0, "seed " + seed + ": " + problem + "\n" + text);
                }
            } catch (RuntimeException | StackOverflowError e) {
                fail("seed " + seed + "\n" + text, e);
            }
        }
    }

    @Test
    void nearest_findsTypingMistakesOnly() {
        assertEquals("", Nearest.suggestion("ssl", List.of("port", "pool", "name")));
        assertEquals(
                ", did you mean maxSubflows?",
                Nearest.suggestion("maxsubflow", List.of("maxSubflows", "enabled")));
        assertEquals(3, Nearest.distance("kitten", "sitting"));
    }
}
