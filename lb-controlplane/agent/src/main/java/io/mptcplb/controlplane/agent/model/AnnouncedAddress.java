package io.mptcplb.controlplane.agent.model;

import io.mptcplb.contract.control.Event;

/**
 * An address that one side told the other with ADD_ADDR.
 *
 * @param announced by whom, and which
 * @param echoed the client has confirmed ours
 */
public record AnnouncedAddress(Event.AddressAnnounced announced, boolean echoed) {}
