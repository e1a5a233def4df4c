/**
 * {@code ./lb demo}: one verified transfer each way through the box over two paths, of which one
 * dies and returns, watched live and judged at the end.
 *
 * <p>Owner thread: the main one; the transfer runs beside it. Does not: measure performance, or
 * need anything but root and the tools that {@code ./lb} names.
 */
@NullMarked
package io.mptcplb.bench.demo;

import org.jspecify.annotations.NullMarked;
