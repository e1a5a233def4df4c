/**
 * The few Linux calls that the JDK has no class for: MPTCP sockets, raw frames, network namespaces.
 *
 * <p>{@link io.mptcplb.bench.sys.Linux} is the only class here that calls into libc; every failure
 * becomes a {@link io.mptcplb.bench.sys.SysException} that names the call and the error. Owner
 * thread: a socket may be read by one thread and written by another, and is closed when both are
 * done. Does not: retry, log, or know what is sent.
 */
@NullMarked
package io.mptcplb.bench.sys;

import org.jspecify.annotations.NullMarked;
