package io.mptcplb.policy;

import io.mptcplb.policy.Parsers.Parser;
import io.mptcplb.policy.Value.Items;
import io.mptcplb.policy.Value.Kind;
import io.mptcplb.policy.Value.Mapping;
import io.mptcplb.policy.Value.Member;
import io.mptcplb.policy.Value.Scalar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Takes one mapping apart, key by key. A key that nobody asks for is unknown, and {@link #done}
 * says so.
 */
final class MappingReader {
    private final Source at;
    private final String path;
    private final Problems problems;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final TreeSet<String> known = new TreeSet<>();

    MappingReader(Mapping mapping, String path, Problems problems) {
        this.at = mapping.at();
        this.path = path;
        this.problems = problems;
        for (Member member : mapping.members()) {
            Member first = members.putIfAbsent(member.key(), member);
            if (first != null) {
                problems.add(
                        member.at(),
                        pathOf(member.key()),
                        "appears twice, first on line " + first.at().line());
            }
        }
    }

    Source at() {
        return at;
    }

    String path() {
        return path;
    }

    <T> Located<T> required(String key, Parser<T> parser) {
        known.add(key);
        Member member = members.get(key);
        if (member == null) {
            problems.add(at, pathOf(key), "missing");
            return Located.absent(at, pathOf(key));
        }
        return parse(pathOf(key), member.value(), parser);
    }

    <T> Located<T> optional(String key, T otherwise, Parser<T> parser) {
        known.add(key);
        Member member = members.get(key);
        return member == null
                ? new Located<>(at, pathOf(key), otherwise)
                : parse(pathOf(key), member.value(), parser);
    }

    /** Absent when the key is; what is wrong is absent as well, and reported. */
    <T> Located<T> optional(String key, Parser<T> parser) {
        known.add(key);
        Member member = members.get(key);
        return member == null
                ? Located.absent(at, pathOf(key))
                : parse(pathOf(key), member.value(), parser);
    }

    boolean has(String key) {
        return members.containsKey(key);
    }

    /** The limits of a list. */
    record Bounds(boolean required, int min, int max) {
        /** May be left out, which means empty. */
        static Bounds optional(int max) {
            return new Bounds(false, 0, max);
        }

        static Bounds required(int min, int max) {
            return new Bounds(true, min, max);
        }
    }

    /** A list of scalars; those that are wrong are left out and reported. */
    <T> Located<List<Located<T>>> list(String key, Bounds bounds, Parser<T> parser) {
        List<Located<T>> values = new ArrayList<>();
        Located<Items> items = items(key, bounds);
        items.ifPresent(list -> {
            for (int i = 0; i < list.values().size(); i++) {
                Located<T> value =
                        parse(items.path() + "[" + i + "]", list.values().get(i), parser);
                if (value.value() != null) {
                    values.add(value);
                }
            }
        });
        return new Located<>(items.at(), items.path(), values);
    }

    /** Absent when the key is, which is something else than empty. */
    <T> Located<List<Located<T>>> optionalList(String key, int max, Parser<T> parser) {
        known.add(key);
        return has(key) ? list(key, Bounds.optional(max), parser) : Located.absent(at, pathOf(key));
    }

    /** A list of mappings, each read by {@code reader}. */
    <T> Located<List<T>> mappings(String key, Bounds bounds, Function<MappingReader, T> reader) {
        List<T> values = new ArrayList<>();
        Located<Items> items = items(key, bounds);
        items.ifPresent(list -> {
            for (int i = 0; i < list.values().size(); i++) {
                inner(items.path() + "[" + i + "]", list.values().get(i))
                        .ifPresent(inner -> {
                            values.add(reader.apply(inner));
                            inner.done();
                        });
            }
        });
        return new Located<>(items.at(), items.path(), values);
    }

    /** One nested mapping; a missing one reads as empty, so that its defaults apply. */
    <T> T mapping(String key, Function<MappingReader, T> reader) {
        known.add(key);
        Member member = members.get(key);
        MappingReader inner =
                Optional.ofNullable(member)
                        .flatMap(present -> inner(pathOf(key), present.value()))
                        .orElseGet(() ->
                                new MappingReader(
                                        new Mapping(at, List.of()), pathOf(key), problems));
        T value = reader.apply(inner);
        inner.done();
        return value;
    }

    /** Reports the keys that nobody asked for. */
    void done() {
        for (Member member : members.values()) {
            if (!known.contains(member.key())) {
                String rule = "unknown key" + Nearest.suggestion(member.key(), known);
                problems.add(member.at(), pathOf(member.key()), rule);
            }
        }
    }

    private Located<Items> items(String key, Bounds bounds) {
        known.add(key);
        Member member = members.get(key);
        if (member == null) {
            if (bounds.required()) {
                problems.add(at, pathOf(key), "missing");
            }
            return Located.absent(at, pathOf(key));
        }
        if (!(member.value() instanceof Items items)) {
            problems.add(
                    member.at(),
                    pathOf(key),
                    "a list is wanted, found " + member.value().describe());
            return Located.absent(member.at(), pathOf(key));
        }
        int entries = items.values().size();
        if (entries < bounds.min()) {
            problems.add(member.at(), pathOf(key), "is empty");
        }
        if (entries > bounds.max()) {
            problems.add(member.at(), pathOf(key), entries + " entries, at most " + bounds.max());
        }
        return new Located<>(member.at(), pathOf(key), items);
    }

    private Optional<MappingReader> inner(String innerPath, Value value) {
        if (value instanceof Mapping mapping) {
            return Optional.of(new MappingReader(mapping, innerPath, problems));
        }
        problems.add(value.at(), innerPath, "a mapping is wanted, found " + value.describe());
        return Optional.empty();
    }

    private <T> Located<T> parse(String valuePath, Value value, Parser<T> parser) {
        if (!(value instanceof Scalar scalar) || scalar.kind() == Kind.NULL) {
            problems.add(
                    value.at(), valuePath, "a single value is wanted, found " + value.describe());
            return Located.absent(value.at(), valuePath);
        }
        try {
            return new Located<>(value.at(), valuePath, parser.parse(scalar));
        } catch (IllegalArgumentException e) {
            problems.add(value.at(), valuePath, String.valueOf(e.getMessage()));
            return Located.absent(value.at(), valuePath);
        }
    }

    private String pathOf(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
