package io.mptcplb.proxy;

import org.jspecify.annotations.Nullable;

/** Picks a backend for a new session. One per pool and worker; owner: the worker thread. */
interface Balancer {
    /**
     * The next backend that takes new sessions and is not among the first {@code triedCount} of
     * {@code tried}; null when there is none.
     */
    @Nullable Backend pick(@Nullable Backend[] tried, int triedCount);
}
