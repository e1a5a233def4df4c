/**
 * Who a segment belongs to: the {@link io.mptcplb.stack.flow.FlowTable} from a connection's two
 * addresses and ports to an endpoint's index, and the {@link io.mptcplb.stack.flow.PortAllocator}
 * that gives active opens their source ports.
 *
 * <p>Addresses are 128 bits in two longs, IPv4 as v4-mapped. RFC to read first: 6056.
 *
 * <p>Owner thread: the worker. Does not: allocate after construction, grow, know any protocol
 * state. JDK only.
 */
@NullMarked
package io.mptcplb.stack.flow;

import org.jspecify.annotations.NullMarked;
