package io.mptcplb.contract;

/** What an attribute says: one entry of a numbering. Numbers of a numbering are never reused. */
public interface AttributeId {
    /** 1 to 65,535, on the wire. */
    int type();

    /** The field as messages name it. */
    String field();
}
