package io.mptcplb.bench.load;

/** Which end shuts its direction down, while the other direction has not begun yet. */
public enum HalfClose {
    /** Neither: the streams end by their trailers, the connection by both ends closing. */
    NONE(0),
    /** The client sends all, shuts down, and reads what the backend sends from then on. */
    CLIENT(1),
    /** The backend sends all, shuts down, and reads what the client sends from then on. */
    SERVER(2);

    final int code;

    HalfClose(int code) {
        this.code = code;
    }

    static HalfClose of(int code) throws LoadException {
        for (HalfClose value : values()) {
            if (value.code == code) {
                return value;
            }
        }
        throw new LoadException("request-half-close");
    }
}
