package io.mptcplb.contract.control;

import io.mptcplb.contract.Coded;

/** What an operator or the path manager says of a path, above what the configuration says. */
public enum PathPriority implements Coded {
    /** As the configuration says. */
    CONFIGURED(1, "configured"),
    /** Regular, whatever the configuration says. */
    REGULAR(2, "regular"),
    /** Backup: carries data only when no regular path can (RFC 8684 s3.3.8). */
    BACKUP(3, "backup");

    private final int code;
    private final String text;

    PathPriority(int code, String text) {
        this.code = code;
        this.text = text;
    }

    @Override
    public int code() {
        return code;
    }

    @Override
    public String text() {
        return text;
    }
}
