package io.mptcplb.app.control;

import io.mptcplb.contract.control.Event;
import io.mptcplb.contract.control.ReplyCode;
import org.jspecify.annotations.Nullable;

/**
 * How a command ended.
 *
 * @param news what others are told of it
 */
record Outcome(ReplyCode code, String text, @Nullable Event news) {
    static Outcome refused(ReplyCode code, String text) {
        return new Outcome(code, text, null);
    }

    boolean ok() {
        return code == ReplyCode.OK;
    }
}
