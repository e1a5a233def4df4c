/**
 * What makes the stack a load balancer: virtual servers in front of pools of backends, and the
 * session that joins a client's stream to a backend's.
 *
 * <p>{@link io.mptcplb.proxy.LoadBalancer} is the front door: one worker's whole protocol side,
 * built from a configuration and its ports. A session owns two queues; what one stream receives is
 * what the other one sends, so that bytes are never copied and each side's pace holds back the
 * other's.
 *
 * <p>Owner thread: the worker. Read RFC 9293 s3.6 (half-close) first. Does not: read clocks, know
 * DPDK, log, or allocate after start.
 */
@NullMarked
package io.mptcplb.proxy;

import org.jspecify.annotations.NullMarked;
