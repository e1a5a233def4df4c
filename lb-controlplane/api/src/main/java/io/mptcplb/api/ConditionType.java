package io.mptcplb.api;

/** The types of conditions. */
public enum ConditionType {
    /** The object makes sense and is in use. */
    ACCEPTED("Accepted"),
    /** What it names exists. */
    RESOLVED_REFS("ResolvedRefs"),
    /** The dataplanes do what it says. */
    PROGRAMMED("Programmed"),
    /** The dataplane serves. */
    READY("Ready");

    private final String text;

    ConditionType(String text) {
        this.text = text;
    }

    /** As it stands in {@code conditions[].type}. */
    public String text() {
        return text;
    }
}
