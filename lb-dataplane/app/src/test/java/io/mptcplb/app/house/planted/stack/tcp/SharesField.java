package io.mptcplb.app.house.planted.stack.tcp;

/** Planted: a field for two threads. */
final class SharesField {
    volatile int shared;
}
