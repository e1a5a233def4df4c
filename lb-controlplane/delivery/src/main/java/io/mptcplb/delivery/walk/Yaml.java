package io.mptcplb.delivery.walk;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Documents of YAML, and so of JSON, as maps and lists. What is not there is empty. */
final class Yaml {
    private static final int CHARACTERS_MAX = 64 << 20;

    private Yaml() {}

    static Object load(String text) {
        return loader().loadFromString(text);
    }

    /** Every document of a stream of them. */
    static Stream<Map<?, ?>> all(String text) {
        return StreamSupport.stream(loader().loadAllFromString(text).spliterator(), false)
                .map(Yaml::map);
    }

    private static Load loader() {
        return new Load(LoadSettings.builder().setCodePointLimit(CHARACTERS_MAX).build());
    }

    static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    static Map<?, ?> map(Map<?, ?> map, String key) {
        return map(map.get(key));
    }

    static List<?> list(Map<?, ?> map, String key) {
        return map.get(key) instanceof List<?> list ? list : List.of();
    }

    /** A list of maps. */
    static List<Map<?, ?>> maps(Map<?, ?> map, String key) {
        return list(map, key).stream().<Map<?, ?>>map(Yaml::map).toList();
    }

    static String text(Map<?, ?> map, String key) {
        return map.get(key) instanceof String text ? text : "";
    }
}
