package io.mptcplb.controlplane.app;

import io.mptcplb.bench.lab.LabNamespace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One established subflow as {@code ss -ti} shows it in a namespace.
 *
 * @param token of its connection, on this side
 * @param addressId the other side's id of the address
 * @param backupByPeer the other side has declared it backup
 */
record KernelSubflow(
        String local, String remote, String token, int addressId, boolean backupByPeer) {
    private static final Pattern SOCKET =
            Pattern.compile("^(\\S+)\\s+\\d+\\s+\\d+\\s+(\\S+)\\s+(\\S+)");
    private static final Pattern SUBFLOW =
            Pattern.compile(
                    "tcp-ulp-mptcp flags:(\\w*) token:\\w+\\(id:(\\d+)\\)/(\\w+)\\(id:\\d+\\)");

    /** All of a namespace, as they are now. */
    static List<KernelSubflow> of(LabNamespace host) throws IOException {
        List<KernelSubflow> subflows = new ArrayList<>();
        String[] words = {"", "", ""};
        for (String line : host.run("ss", "-Htni").lines().toList()) {
            Matcher socket = SOCKET.matcher(line);
            if (socket.find()) {
                words = new String[] {socket.group(1), socket.group(2), socket.group(3)};
            }
            Matcher subflow = SUBFLOW.matcher(line);
            if (subflow.find() && words[0].equals("ESTAB")) {
                subflows.add(
                        new KernelSubflow(
                                words[1],
                                words[2],
                                subflow.group(3),
                                Integer.parseInt(subflow.group(2)),
                                subflow.group(1).indexOf('B') >= 0));
            }
        }
        return subflows;
    }

    /** Whether it leaves from an address; ss adds the device that it is bound to, if any. */
    boolean isFrom(String address) {
        return local.startsWith(address + ":") || local.startsWith(address + "%");
    }
}
