package io.mptcplb.controlplane.agent.kubernetes;

/**
 * A document, and what it was made of.
 *
 * @param revision the DataplaneConfig's name
 * @param endpoints the generation of the DataplaneEndpoints; 0 for none
 * @param text in the words of {@code lb.yaml}
 */
record Desired(String revision, long endpoints, String text) {}
