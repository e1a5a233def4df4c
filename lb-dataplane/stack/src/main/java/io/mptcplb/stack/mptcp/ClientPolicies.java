package io.mptcplb.stack.mptcp;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** One policy for most clients and others for some prefixes, of which the longest wins. */
public final class ClientPolicies implements PolicySource {
    /**
     * Clients with a policy of their own.
     *
     * @param clients by the address that their connection came from
     */
    public record Entry(ClientPrefix clients, MptcpPolicy policy) {}

    private final MptcpPolicy others;
    private final Entry[] entries;

    public ClientPolicies(MptcpPolicy others, List<Entry> entries) {
        this.others = others;
        this.entries = entries.toArray(new Entry[0]);
        Arrays.sort(
                this.entries,
                Comparator.comparingInt((Entry entry) -> entry.clients().bits()).reversed());
    }

    @Override
    public MptcpPolicy policyFor(long clientHi, long clientLo) {
        for (Entry entry : entries) {
            if (entry.clients().contains(clientHi, clientLo)) {
                return entry.policy();
            }
        }
        return others;
    }
}
