package io.mptcplb.operator;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which node announces which virtual address: one for each, and the same as before as long as it
 * can. Without anybody who can, an address stays where it is.
 */
final class Announcers {
    private Announcers() {}

    /**
     * A node as it is.
     *
     * @param canAnnounce whether it lives and serves
     * @param serves the virtual addresses of the revision that it applied
     * @param announces what it announces now
     */
    record Candidate(
            String name, boolean canAnnounce, Set<String> serves, Collection<String> announces) {}

    /** What every node shall announce, sorted. */
    static Map<String, List<String>> assign(
            Collection<String> addresses, List<Candidate> candidates) {
        Map<String, Set<String>> plan = new TreeMap<>();
        candidates.forEach(candidate -> plan.put(candidate.name(), new TreeSet<>()));
        List<String> open = new ArrayList<>();
        Map<String, Candidate> lastResort = new HashMap<>();
        for (String address : new TreeSet<>(addresses)) {
            Optional<Candidate> holder =
                    candidates.stream()
                            .filter(candidate -> candidate.announces().contains(address))
                            .min(
                                    Comparator.comparing((Candidate c) -> !can(c, address))
                                            .thenComparing(Candidate::name));
            if (holder.isPresent() && can(holder.get(), address)) {
                own(plan, holder.get()).add(address);
            } else {
                open.add(address);
                holder.ifPresent(candidate -> lastResort.put(address, candidate));
            }
        }
        for (String address : open) {
            Optional<Candidate> least =
                    candidates.stream()
                            .filter(candidate -> can(candidate, address))
                            .min(
                                    Comparator.comparingInt((Candidate c) -> own(plan, c).size())
                                            .thenComparing(Candidate::name));
            least.or(() -> Optional.ofNullable(lastResort.get(address)))
                    .ifPresent(candidate -> own(plan, candidate).add(address));
        }
        Map<String, List<String>> lists = new TreeMap<>();
        plan.forEach((node, own) -> lists.put(node, List.copyOf(own)));
        return lists;
    }

    private static Set<String> own(Map<String, Set<String>> plan, Candidate candidate) {
        return plan.computeIfAbsent(candidate.name(), none -> new TreeSet<>());
    }

    private static boolean can(Candidate candidate, String address) {
        return candidate.canAnnounce() && candidate.serves().contains(address);
    }
}
