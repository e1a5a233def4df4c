/**
 * The control plane's programs: {@code check} and {@code compile} for configuration, {@code top}
 * for a running box.
 *
 * <p>This is the edge: files, the terminal, the machine's own facts. What a configuration means is
 * decided in {@link io.mptcplb.policy}. Owner thread: the main thread. Does not: touch packets, or
 * need the dataplane to run.
 */
@NullMarked
package io.mptcplb.controlplane.app;

import org.jspecify.annotations.NullMarked;
