package io.mptcplb.contract;

/**
 * An enum whose constants have a code for bytes and a word for people; neither ever changes its
 * meaning.
 */
public interface Coded {
    /** 1 to 255 in the encoded snapshot. */
    int code();

    /** The word in {@code lb.yaml}, in resources and in tables. */
    String text();
}
