package io.mptcplb.contract.control;

/**
 * The answer to one command, in the order of the commands of a client.
 *
 * @param request the sequence number of the command's frame
 * @param text what people read: empty, or field and rule
 */
public record Reply(long request, ReplyCode code, String text) implements Message {
    /** The answer to a frame so broken that its number is not known. */
    public static final long NO_REQUEST = 0;
}
