/**
 * All that the control plane may say to the dataplane and see of it.
 *
 * <p>Three things live here. The configuration: {@link io.mptcplb.contract.LbConfig} and the
 * records below it, which only exist in a valid state. Its bytes: {@link
 * io.mptcplb.contract.ConfigCodec}, the one form in which configuration reaches the dataplane. The
 * figures: {@link io.mptcplb.contract.Metric}, the catalogue, and {@link
 * io.mptcplb.contract.CounterFile}, the mapped file that workers write and anybody reads.
 *
 * <p>Owner thread: records are immutable and belong to nobody; a {@link
 * io.mptcplb.contract.CounterWriter} belongs to the worker thread it was made for. Does not: parse
 * YAML, know any protocol, depend on anything but the JDK.
 */
@NullMarked
package io.mptcplb.contract;

import org.jspecify.annotations.NullMarked;
