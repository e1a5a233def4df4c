package io.mptcplb.policy.fleet;

import io.mptcplb.api.ConditionType;

/**
 * What an object is told about itself: a condition without its times.
 *
 * @param reason one word, for programs
 * @param message a sentence with the field that is meant and what to do
 */
public record Statement(ConditionType type, boolean holds, String reason, String message) {
    public static Statement yes(ConditionType type, String message) {
        return new Statement(type, true, type.text(), message);
    }

    public static Statement no(ConditionType type, String reason, String message) {
        return new Statement(type, false, reason, message);
    }
}
