/**
 * What makes the stack a load balancer: virtual servers in front of pools of backends, and the
 * session that joins a client's stream to a backend's.
 *
 * <p>{@link io.mptcplb.proxy.LoadBalancer} is the front door: one worker's whole protocol side,
 * built from a configuration and its ports. A session owns two queues; what one stream receives is
 * what the other one sends, so that bytes are never copied and each side's pace holds back the
 * other's.
 *
 * <p>{@link io.mptcplb.proxy.Revision} is what one worker serves by; the next one is made on any
 * thread and applied by the worker, and live sessions follow in a bounded walk (ADR 12). {@link
 * io.mptcplb.proxy.BalancerEvents} tells whoever watches.
 *
 * <p>Owner thread: the worker, but for {@code Revision.after}. Read RFC 9293 s3.6 (half-close)
 * first. Does not: read clocks, know DPDK, log, or allocate on the worker thread after start.
 */
@NullMarked
package io.mptcplb.proxy;

import org.jspecify.annotations.NullMarked;
