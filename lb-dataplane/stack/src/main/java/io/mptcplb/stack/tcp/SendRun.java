package io.mptcplb.stack.tcp;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.stack.buffer.Payload;

/**
 * New data cut into records of one segment each, which go out in one frame. One per worker, reused.
 * Records stay what a segment on the wire is, so that SACK, loss and round trips are judged segment
 * by segment however many went together.
 */
final class SendRun {
    private final TransmitRecords records;
    int first;
    int last;
    int count;
    int bytes;

    SendRun(TransmitRecords records) {
        this.records = records;
    }

    /**
     * Opens the records, each linked to the next: all that are needed, or as many as there are.
     *
     * @param buffer first payload buffer, 0 for none
     * @param roomOffset where in its data room the bytes begin
     * @param wanted payload bytes; 0 makes one record without any
     * @param most payload bytes of one segment
     */
    void open(long buffer, int roomOffset, int wanted, int most, long streamOffset) {
        first = TransmitRecords.NONE;
        last = TransmitRecords.NONE;
        count = 0;
        bytes = 0;
        long at = buffer;
        int from = roomOffset;
        do {
            int piece = Math.min(wanted - bytes, most);
            int r = records.open(at, from, piece, streamOffset + bytes);
            if (r == TransmitRecords.NONE) {
                break;
            }
            link(r);
            bytes += piece;
            int here = at == 0 ? 0 : Mbuf.dataOff(at) + Mbuf.dataLen(at) - from;
            while (piece >= here && bytes < wanted) {
                piece -= here;
                at = Payload.next(at);
                from = Mbuf.dataOff(at);
                here = Mbuf.dataLen(at);
            }
            from += piece;
        } while (bytes < wanted);
        if (count > 1) {
            nameRun();
        }
    }

    private void link(int r) {
        if (count == 0) {
            first = r;
        } else {
            records.setNext(last, r);
        }
        last = r;
        count++;
    }

    private void nameRun() {
        int skip = 0;
        for (int r = first; r != TransmitRecords.NONE; r = records.next(r)) {
            records.setRun(r, skip, bytes);
            skip += records.bytes(r);
        }
    }
}
