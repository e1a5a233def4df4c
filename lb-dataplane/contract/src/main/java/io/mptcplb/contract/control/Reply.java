package io.mptcplb.contract.control;

/**
 * The answer to one command, in the order of the commands of a client.
 *
 * @param request the sequence number of the command's frame
 * @param text what people read: empty, or field and rule
 */
public record Reply(long request, ReplyCode code, String text) {}
