package io.mptcplb.policy.path;

import io.mptcplb.contract.IpPrefix;
import java.util.Optional;

/**
 * Clients that follow one policy at one virtual server.
 *
 * @param clients absent: all whom no other scope of the virtual server names
 */
public record PathScope(String virtualServer, Optional<IpPrefix> clients) {}
