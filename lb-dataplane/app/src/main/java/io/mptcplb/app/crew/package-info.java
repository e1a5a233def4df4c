/**
 * The workers among themselves: rings of frames and of news, one of each from every worker to every
 * other, and a bell that wakes who sleeps (ADR 18). {@link io.mptcplb.app.crew.CrewLink} is one
 * worker's end of all that.
 *
 * <p>Owner threads: a ring has one that writes and one that reads, all else is its worker's.
 * Nothing here blocks or allocates after start. Does not: look into frames, know which worker a
 * flow belongs to.
 */
@NullMarked
package io.mptcplb.app.crew;

import org.jspecify.annotations.NullMarked;
