package io.mptcplb.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One mistake at a time in the policies of a sound document: what is answered, and nothing else.
 */
class PolicyMistakesTest {
    private static final String SOUND =
            """
            ports:
              - {name: isp-a, device: eth1, role: client, addresses: [198.51.100.10/24]}
              - {name: isp-b, device: eth2, role: client, addresses: [203.0.113.10/24]}
              - {name: lan, device: eth3, role: backend, addresses: [192.0.2.10/24]}
            virtualServers:
              - {name: web, addresses: [198.51.100.80], port: 443, pool: web}
              - {name: mail, addresses: [198.51.100.80], port: 25, pool: web}
              - {name: own, addresses: [198.51.100.80], port: 21, pool: web, mptcp: {maxSubflows: 1}}
            policies:
              - name: phones
                virtualServers: [web]
                clients: [198.18.0.0/16, ipv6]
                mode: active-standby
                backup: [isp-b]
                limits: {maxSubflows: 3}
                advertise:
                  - {port: isp-b, id: 4}
                failover: {holdTime: 10s, stalledShare: 50%}
              - name: rest
                virtualServers: [web, mail]
                mode: load-balancing
                advertise: [{port: isp-b}]
            pools:
              - {name: web, backends: [{name: one, address: 192.0.2.21, port: 8080}]}
            """;

    private static Arguments bad(String sound, String mistake, String... answers) {
        return Arguments.of(sound, mistake, List.of(answers));
    }

    static List<Arguments> form() {
        return List.of(
                bad("mode: active-standby", "", "10: policies[0].mode: missing"),
                bad(
                        "mode: active-standby",
                        "mode: active-stand-by",
                        "13: policies[0].mode: 'active-stand-by' is not one of active-standby,"
                                + " load-balancing, did you mean active-standby?"),
                bad(
                        "backup: [isp-b]",
                        "backupPorts: [isp-b]",
                        "14: policies[0].backupPorts: unknown key"),
                bad(
                        "clients: [198.18.0.0/16, ipv6]",
                        "clients: [198.18.0.1/16]",
                        "12: policies[0].clients[0]: 198.18.0.1/16 has host bits set, the network"
                                + " is 198.18.0.0/16"),
                bad(
                        "clients: [198.18.0.0/16, ipv6]",
                        "clients: [198.18.0.0]",
                        "12: policies[0].clients[0]: '198.18.0.0' is neither a network such as"
                                + " 198.51.100.0/24 nor one of ipv4, ipv6, private"),
                bad(
                        "clients: [198.18.0.0/16, ipv6]",
                        "clients: [ip6]",
                        "12: policies[0].clients[0]: 'ip6' is neither a network such as"
                                + " 198.51.100.0/24 nor one of ipv4, ipv6, private, did you mean"
                                + " ipv6?"),
                bad(
                        "clients: [198.18.0.0/16, ipv6]",
                        "clients: []",
                        "12: policies[0].clients: is empty"),
                bad(
                        "virtualServers: [web, mail]",
                        "virtualServers: []",
                        "20: policies[1].virtualServers: is empty"),
                bad(
                        "holdTime: 10s",
                        "holdTime: 2h",
                        "18: policies[0].failover.holdTime: 2h is not in 1ms to 1h"),
                bad(
                        "holdTime: 10s",
                        "holdtime: 10s",
                        "18: policies[0].failover.holdtime: unknown key, did you mean holdTime?"),
                bad(
                        "holdTime: 10s",
                        "maxSwitches: 1",
                        "18: policies[0].failover.maxSwitches: 1 is not in 2 to 100"),
                bad(
                        "holdTime: 10s",
                        "window: 500ms",
                        "18: policies[0].failover.window: 500ms is not in 1s to 1d"),
                bad(
                        "holdTime: 10s",
                        "linkDown: down",
                        "18: policies[0].failover.linkDown: true or false is wanted, found 'down'"),
                bad(
                        "stalledShare: 50%",
                        "stalledShare: 50",
                        "18: policies[0].failover.stalledShare: a share such as 50% is wanted,"
                                + " found '50'"),
                bad(
                        "stalledShare: 50%",
                        "stalledShare: 101%",
                        "18: policies[0].failover.stalledShare: 101% is not in 1% to 100%"),
                bad(
                        "stalledShare: 50%",
                        "roundTrip: 2m",
                        "18: policies[0].failover.roundTrip: 2m is not in 1ms to 1m"),
                bad(
                        "limits: {maxSubflows: 3}",
                        "limits: 3",
                        "15: policies[0].limits: a mapping is wanted, found '3'"),
                bad(
                        "limits: {maxSubflows: 3}",
                        "limits: {maxSubflows: 9}",
                        "15: policies[0].limits.maxSubflows: 9 is not in 0 to 8"));
    }

    static List<Arguments> meaning() {
        return List.of(
                bad(
                        "name: rest",
                        "name: phones",
                        "19: policies[1].name: name phones is taken by policies[0].name on line"
                                + " 10"),
                bad(
                        "virtualServers: [web]",
                        "virtualServers: [wbe]",
                        "11: policies[0].virtualServers[0]: no virtual server is named wbe, did you"
                                + " mean web?"),
                bad(
                        "virtualServers: [web]",
                        "virtualServers: [web, web]",
                        "11: policies[0].virtualServers[1]: virtual server web is taken by"
                                + " policies[0].virtualServers[0] on line 11"),
                bad(
                        "clients: [198.18.0.0/16, ipv6]",
                        "clients: [198.18.0.0/16, ipv6, \"::/0\"]",
                        "12: policies[0].clients[2]: clients ::/0 of virtual server web is taken by"
                                + " policies[0].clients[1] on line 12",
                        "12: policies[0].clients[2]: prefix ::/0 is taken by policies[0].clients[1]"
                                + " on line 12"),
                bad(
                        "virtualServers: [web, mail]",
                        "virtualServers: [web, mail]\n    clients: [ipv6]",
                        "21: policies[1].clients[0]: clients ::/0 of virtual server web is taken by"
                                + " policies[0].clients[1] on line 12"),
                bad(
                        "clients: [198.18.0.0/16, ipv6]",
                        "enabled: true",
                        "19: policies[1]: all clients of virtual server web is taken by policies[0]"
                                + " on line 10"),
                bad(
                        "virtualServers: [web, mail]",
                        "checksumRequired: true",
                        "19: policies[1]: all clients of virtual server own is taken by"
                                + " virtualServers[2].mptcp on line 8"),
                bad(
                        "mode: load-balancing",
                        "mode: load-balancing\n    backup: [isp-a]",
                        "22: policies[1].backup: load-balancing uses all paths: leave backup out,"
                                + " or write active-standby"),
                bad(
                        "backup: [isp-b]",
                        "backup: []",
                        "13: policies[0].mode: active-standby has no path to stand by: name one in"
                                + " backup"),
                bad(
                        "backup: [isp-b]",
                        "backup: [isp-b, isp-a]",
                        "14: policies[0].backup: every port that faces clients is backup: leave one"
                                + " out"),
                bad(
                        "backup: [isp-b]",
                        "backup: [isp-b, isp-c]",
                        "14: policies[0].backup[1]: no port is named isp-c, did you mean isp-a?"),
                bad(
                        "backup: [isp-b]",
                        "backup: [lan]",
                        "14: policies[0].backup[0]: port lan has role backend"),
                bad(
                        "backup: [isp-b]",
                        "backup: [isp-b, isp-b]",
                        "14: policies[0].backup[1]: port isp-b is taken by policies[0].backup[0] on"
                                + " line 14"),
                bad(
                        "limits: {maxSubflows: 3}",
                        "limits: {maxSubflows: 0}",
                        "15: policies[0].limits.maxSubflows: 0 refuses the joins that advertise"
                                + " invites"),
                bad(
                        "advertise: [{port: isp-b}]",
                        "joinInitialAddress: false",
                        "22: policies[1].joinInitialAddress: false leaves clients nowhere to join:"
                                + " advertise an address"),
                bad(
                        "{port: isp-b, id: 4}",
                        "{port: isp-b, address: 198.51.100.99}",
                        "17: policies[0].advertise[0].address: 198.51.100.99 belongs neither to"
                                + " port isp-b nor to this virtual server"),
                bad(
                        "advertise: [{port: isp-b}]",
                        "advertise: [{port: isp-b, id: 5}]",
                        "17: policies[0].advertise[0].id: 203.0.113.10 has id 5 at this virtual"
                                + " server"),
                bad(
                        "advertise: [{port: isp-b}]",
                        "advertise: [{port: isp-a, id: 4}]",
                        "17: policies[0].advertise[0].id: 4 is the id of 198.51.100.10 at this"
                                + " virtual server"));
    }

    @ParameterizedTest(name = "[{index}]")
    @MethodSource({"form", "meaning"})
    void mistake_isAnsweredWithLineKeyAndRule(String sound, String mistake, List<String> answers) {
        assertEquals(1, SOUND.split(Pattern.quote(sound), -1).length - 1, "the text is unique");
        assertEquals(
                answers.stream()
                        .map(answer -> "lb.yaml:" + answer)
                        .collect(Collectors.joining("\n")),
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
}
