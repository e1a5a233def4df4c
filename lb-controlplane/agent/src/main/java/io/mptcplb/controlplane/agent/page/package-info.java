/**
 * The live status page: one file that needs nothing from anywhere, and asks the admin API for all
 * that it shows.
 *
 * <p>Owner thread: the event loop. Does not: know what stands in the answers; a part of the API
 * that is missing leaves a gap of its own on the page.
 */
@NullMarked
package io.mptcplb.controlplane.agent.page;

import org.jspecify.annotations.NullMarked;
