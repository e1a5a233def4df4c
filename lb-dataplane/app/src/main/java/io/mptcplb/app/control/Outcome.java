package io.mptcplb.app.control;

import io.mptcplb.contract.control.Event;
import io.mptcplb.contract.control.ReplyCode;
import java.util.List;

/**
 * How a command ended.
 *
 * @param news what others are told of it
 */
record Outcome(ReplyCode code, String text, List<Event> news) {
    static Outcome refused(ReplyCode code, String text) {
        return new Outcome(code, text, List.of());
    }

    boolean ok() {
        return code == ReplyCode.OK;
    }
}
