package io.mptcplb.policy;

import java.util.List;

/**
 * A document as a tree that knows its lines; made from YAML here, from resources' JSON by the
 * operator.
 */
public sealed interface Value {
    Source at();

    /** How the value presents itself in a sentence. */
    String describe();

    /** The kinds of YAML's JSON schema. */
    enum Kind {
        TEXT,
        INTEGER,
        DECIMAL,
        BOOLEAN,
        NULL
    }

    /** One word, number or quoted text. */
    record Scalar(Source at, String text, Kind kind) implements Value {
        @Override
        public String describe() {
            return kind == Kind.NULL ? "nothing" : "'" + text + "'";
        }
    }

    /** A list. */
    record Items(Source at, List<Value> values) implements Value {
        @Override
        public String describe() {
            return "a list";
        }
    }

    /** Keys and values, in the order of the source; keys may repeat. */
    record Mapping(Source at, List<Member> members) implements Value {
        @Override
        public String describe() {
            return "a mapping";
        }
    }

    /** One key with its value. */
    record Member(Source at, String key, Value value) {}
}
