/**
 * {@code ./lb bench}: the same loads through our box and through others, in the same laboratory, in
 * turn, so that slow drift of the machine hits all alike. {@code phases} and {@code churn} look at
 * our box alone: where a frame's time goes, and what policy costs that changes all the time. {@code
 * fresh} asks what the first clients of a process meet.
 *
 * <p>Owner thread: main. Does not: judge. Figures of one machine compare with figures of the same
 * run only.
 */
@NullMarked
package io.mptcplb.bench.compare;

import org.jspecify.annotations.NullMarked;
