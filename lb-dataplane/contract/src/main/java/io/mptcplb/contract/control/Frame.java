package io.mptcplb.contract.control;

import io.mptcplb.contract.CodecException;
import java.nio.ByteBuffer;

/**
 * One frame as it arrived; {@link #message} reads what it says.
 *
 * @param type the kind of its message
 * @param epoch the dataplane's process, in its own frames; 0 in those of clients
 * @param sequence from 1 and without a gap in each direction of a connection
 * @param body the message's attributes
 */
public record Frame(int type, long epoch, long sequence, ByteBuffer body) {
    /**
     * The message.
     *
     * @throws CodecException names the field and the rule that it breaks; the frames that follow
     *     are not touched by it
     */
    public Message message() throws CodecException {
        return MessageDecoder.message(type, body.duplicate());
    }
}
