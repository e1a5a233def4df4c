/**
 * The door of everything that is ours but not shipped: laboratory, load tool, demo.
 *
 * <p>Owner thread: main. Does not: contain anything itself.
 */
@NullMarked
package io.mptcplb.bench;

import org.jspecify.annotations.NullMarked;
