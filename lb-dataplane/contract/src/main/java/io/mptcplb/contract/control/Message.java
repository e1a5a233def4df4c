package io.mptcplb.contract.control;

/** What a frame says. */
public sealed interface Message permits Command, Reply, Event {}
