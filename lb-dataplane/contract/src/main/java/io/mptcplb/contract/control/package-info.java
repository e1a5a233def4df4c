/**
 * The conversation over the control socket: {@link io.mptcplb.contract.control.Command} to the
 * dataplane, {@link io.mptcplb.contract.control.Reply} and {@link
 * io.mptcplb.contract.control.Event} from it.
 *
 * <p>The dataplane owns what is true now: connections, subflows, addresses told. The agent owns
 * what is wanted. Nothing here is needed for the dataplane to serve.
 *
 * <p>Owner thread: records are immutable and belong to nobody. Does not: open sockets, know any
 * protocol, depend on anything but the JDK.
 */
@NullMarked
package io.mptcplb.contract.control;

import org.jspecify.annotations.NullMarked;
