/**
 * Ports on devices that the kernel keeps: AF_PACKET with virtio-net headers, so that frames of up
 * to 64 KB come and go whole, with unfinished checksums, straight into and out of chained buffers.
 * {@link io.mptcplb.dpdk.packet.PacketPort#open} and {@link
 * io.mptcplb.dpdk.packet.DeviceWatch#start} are the front doors.
 *
 * <p>One socket, plain recvmmsg and sendmmsg: measured against rings and io_uring, that is as fast
 * and has less latency (ADR 0007). Needs CAP_NET_RAW alone.
 *
 * <p>Owner thread: a port belongs to one worker, what it knows of its device to the watch's thread
 * (ADR 13); opening and closing belong to whoever wires the program, in the device's network
 * namespace. Does not: copy payload, know any protocol beyond where its header lies, configure
 * devices.
 */
@NullMarked
package io.mptcplb.dpdk.packet;

import org.jspecify.annotations.NullMarked;
