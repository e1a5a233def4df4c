package io.mptcplb.bench.compare;

/**
 * What one measured run gave.
 *
 * @param figure in the unit of its case
 * @param cpuSecondsPerGigabyte of the contender's processes; 0 where that says nothing
 * @param machineSecondsPerGigabyte of all CPUs, clients and kernels included
 * @param stallMillis the longest time in which nothing arrived
 * @param p50Micros of exchanges or short connections; 0 where there are none
 * @param p99Micros likewise
 * @param residentMebibytes of the contender's processes at the end, without what their kernel holds
 * @param failed connections that failed or whose content was not what was sent
 */
record Run(
        double figure,
        double cpuSecondsPerGigabyte,
        double machineSecondsPerGigabyte,
        double stallMillis,
        double p50Micros,
        double p99Micros,
        double residentMebibytes,
        int failed) {}
