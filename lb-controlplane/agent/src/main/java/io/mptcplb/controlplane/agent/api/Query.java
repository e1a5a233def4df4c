package io.mptcplb.controlplane.agent.api;

import io.mptcplb.contract.Coded;
import io.mptcplb.contract.IpPrefix;
import io.vertx.core.MultiMap;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a request, or the fields of its JSON body; one that is not known is refused.
 */
final class Query {
    private final Map<String, Object> values;

    private Query(Map<String, Object> values) {
        this.values = values;
    }

    /** What stands behind the question mark. */
    static Query ofParameters(RoutingContext context, String... known) throws Refusal {
        MultiMap parameters = context.queryParams();
        Map<String, Object> values = new TreeMap<>();
        for (String name : parameters.names()) {
            if (parameters.getAll(name).size() > 1) {
                throw Refusal.bad(name, "given twice");
            }
            values.put(name, parameters.get(name));
        }
        return new Query(checked(values, known));
    }

    /** A JSON object, whose members are all scalars. */
    static Query ofBody(RoutingContext context, String... known) throws Refusal {
        JsonObject json;
        try {
            @Nullable JsonObject body = context.body().asJsonObject();
            json = body == null ? new JsonObject() : body;
        } catch (DecodeException | ClassCastException e) {
            throw Refusal.bad("body", "is not a JSON object");
        }
        return new Query(checked(json.getMap(), known));
    }

    private static Map<String, Object> checked(Map<String, Object> values, String... known)
            throws Refusal {
        for (String name : values.keySet()) {
            if (!List.of(known).contains(name)) {
                throw Refusal.bad(
                        name,
                        "is not known here"
                                + (known.length == 0
                                        ? ""
                                        : ", known: " + String.join(", ", known)));
            }
        }
        return values;
    }

    Optional<String> text(String name) throws Refusal {
        Object value = values.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof String text)) {
            throw Refusal.bad(name, "must be text");
        }
        return Optional.of(text);
    }

    int number(String name, int otherwise, int min, int max) throws Refusal {
        return (int) number(name, (long) otherwise, min, max);
    }

    long number(String name, long otherwise, long min, long max) throws Refusal {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return otherwise;
        }
        long value;
        try {
            value = Long.parseLong(text.get());
        } catch (NumberFormatException e) {
            throw Refusal.bad(name, "'" + text.get() + "' is not a number");
        }
        if (value < min || value > max) {
            throw Refusal.bad(name, value + " is not in " + min + " to " + max);
        }
        return value;
    }

    boolean flag(String name) throws Refusal {
        Object value = values.get(name);
        if (value == null) {
            throw Refusal.bad(name, "is missing");
        }
        if (!(value instanceof Boolean flag)) {
            throw Refusal.bad(name, "must be true or false");
        }
        return flag;
    }

    <E extends Enum<E> & Coded> E word(String name, Class<E> words) throws Refusal {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            throw Refusal.bad(name, "is missing: " + spelled(words));
        }
        return word(name, text.get(), words);
    }

    static <E extends Enum<E> & Coded> E word(String name, String text, Class<E> words)
            throws Refusal {
        for (E word : words.getEnumConstants()) {
            if (word.text().equals(text)) {
                return word;
            }
        }
        throw Refusal.bad(name, "'" + text + "' is none of " + spelled(words));
    }

    private static <E extends Enum<E> & Coded> String spelled(Class<E> words) {
        return Stream.of(words.getEnumConstants())
                .map(Coded::text)
                .collect(Collectors.joining(", "));
    }

    Optional<IpPrefix> prefix(String name) throws Refusal {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        IpPrefix prefix;
        try {
            prefix = IpPrefix.parse(text.get());
        } catch (IllegalArgumentException e) {
            throw Refusal.bad(name, String.valueOf(e.getMessage()));
        }
        if (!prefix.equals(prefix.network())) {
            throw Refusal.bad(
                    name, prefix + " has host bits, did you mean " + prefix.network() + "?");
        }
        return Optional.of(prefix);
    }
}
