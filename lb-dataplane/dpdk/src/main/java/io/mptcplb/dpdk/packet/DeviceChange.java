package io.mptcplb.dpdk.packet;

import java.util.ArrayList;
import java.util.List;

/** What may happen to a port's device. */
public enum DeviceChange {
    /** It was deleted, or moved into another network namespace. */
    VANISHED("the device is gone; served again once there is one named %s"),
    /** One of the configured name is there again, and ours. */
    RETURNED("there is a device %s again"),
    /** It is the same one. */
    RENAMED("the device is named %s now"),
    /** Down, or without a carrier. */
    LINK_DOWN("the link of %s is down"),
    LINK_UP("the link of %s is up"),
    MTU_CHANGED("the MTU of %s is another now"),
    ADDRESS_CHANGED("the hardware address of %s is another now");

    private final String sentence;

    DeviceChange(String sentence) {
        this.sentence = sentence;
    }

    /** The device itself is as it was. */
    boolean ofLink() {
        return this == LINK_DOWN || this == LINK_UP;
    }

    /** One sentence for a log. */
    public String describe(DeviceFacts now) {
        String number =
                switch (this) {
                    case MTU_CHANGED -> ": " + now.mtuBytes();
                    case ADDRESS_CHANGED -> ": %012x".formatted(now.macAddress());
                    default -> "";
                };
        return sentence.formatted(now.name()) + number + " (" + this + ")";
    }

    /** What lies between two looks at a device, in the order in which it matters. */
    static List<DeviceChange> between(DeviceFacts before, DeviceFacts now) {
        List<DeviceChange> changes = new ArrayList<>();
        if (before.present() && !now.present()) {
            changes.add(VANISHED);
            return changes;
        }
        if (before.index() != now.index()) {
            changes.add(RETURNED);
        } else if (!before.name().equals(now.name())) {
            changes.add(RENAMED);
        }
        if (before.mtuBytes() != now.mtuBytes()) {
            changes.add(MTU_CHANGED);
        }
        if (before.macAddress() != now.macAddress()) {
            changes.add(ADDRESS_CHANGED);
        }
        if (before.up() != now.up()) {
            changes.add(now.up() ? LINK_UP : LINK_DOWN);
        }
        return changes;
    }
}
