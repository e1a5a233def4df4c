package io.mptcplb.policy;

/**
 * Where something was written.
 *
 * @param label the file's or resource's name
 * @param line from 1; 0 when the source has no lines
 */
public record Source(String label, int line) {
    @Override
    public String toString() {
        return line == 0 ? label : label + ":" + line;
    }
}
