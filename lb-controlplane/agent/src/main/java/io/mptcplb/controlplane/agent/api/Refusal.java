package io.mptcplb.controlplane.agent.api;

/** A request that is not obeyed: which part of it, and the rule that it breaks. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String field;
    private final String rule;

    Refusal(int status, String field, String rule) {
        super(field + ": " + rule);
        this.status = status;
        this.field = field;
        this.rule = rule;
    }

    /** Of what is asked, not of who asks. */
    static Refusal bad(String field, String rule) {
        return new Refusal(400, field, rule);
    }

    static Refusal unknown(String field, String name) {
        return new Refusal(404, field, "there is no " + name);
    }

    static Refusal unavailable(String rule) {
        return new Refusal(503, "dataplane", rule);
    }

    int status() {
        return status;
    }

    String field() {
        return field;
    }

    String rule() {
        return rule;
    }
}
