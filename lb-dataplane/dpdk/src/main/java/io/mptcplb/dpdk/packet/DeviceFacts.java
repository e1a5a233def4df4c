package io.mptcplb.dpdk.packet;

/**
 * What the kernel said of a port's device when it was last asked.
 *
 * @param index the kernel's number of it, or -1 while there is none
 * @param name as the kernel calls it now, or the configured name while there is none
 * @param up it is there, administratively up, and has a carrier
 * @param mtuBytes its largest IP packet; of the last one while there is none
 * @param macAddress in the low 48 bits; of the last one while there is none
 * @param changes times that the device vanished, returned, or became another in name, MTU or
 *     address; its link does not count
 */
public record DeviceFacts(
        int index, String name, boolean up, int mtuBytes, long macAddress, long changes) {
    static final int GONE = -1;

    static DeviceFacts first(int index, String name, boolean up, int mtuBytes, long macAddress) {
        return new DeviceFacts(index, name, up, mtuBytes, macAddress, 0);
    }

    /** There is a device, and this is what it is like. */
    DeviceFacts then(int newIndex, String newName, boolean isUp, int newMtuBytes, long newMac) {
        return counted(new DeviceFacts(newIndex, newName, isUp, newMtuBytes, newMac, changes));
    }

    /** There is none. */
    DeviceFacts thenGone(String configuredName) {
        return counted(new DeviceFacts(GONE, configuredName, false, mtuBytes, macAddress, changes));
    }

    private DeviceFacts counted(DeviceFacts now) {
        long more = DeviceChange.between(this, now).stream().filter(each -> !each.ofLink()).count();
        return new DeviceFacts(
                now.index, now.name, now.up, now.mtuBytes, now.macAddress, changes + more);
    }

    /** There is a device. */
    public boolean present() {
        return index != GONE;
    }
}
