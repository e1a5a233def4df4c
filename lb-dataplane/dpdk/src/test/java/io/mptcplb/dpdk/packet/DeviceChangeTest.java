package io.mptcplb.dpdk.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import org.junit.jupiter.api.Test;

class DeviceChangeTest {
    private static final DeviceFacts UP = DeviceFacts.first(7, "eth1", true, 1500, 0x020000000001L);

    @Test
    void device_asBefore_nothingToSay() {
        DeviceFacts same = UP.then(7, "eth1", true, 1500, 0x020000000001L);
        assertEquals(List.of(), DeviceChange.between(UP, same));
        assertEquals(0, same.changes());
    }

    @Test
    void device_gone_isOneChangeAndKeepsWhatFramesWereMadeFor() {
        DeviceFacts gone = UP.thenGone("eth1");
        assertEquals(List.of(DeviceChange.VANISHED), DeviceChange.between(UP, gone));
        assertFalse(gone.present());
        assertFalse(gone.up());
        assertEquals(1500, gone.mtuBytes());
        assertEquals(0x020000000001L, gone.macAddress());
        assertEquals(1, gone.changes());
        assertEquals(1, gone.thenGone("eth1").changes(), "it is gone once");
    }

    @Test
    void device_backAsAnother_saysEverything() {
        DeviceFacts back = UP.thenGone("eth1").then(9, "eth1", true, 1400, 0x020000000002L);
        assertEquals(
                List.of(
                        DeviceChange.RETURNED,
                        DeviceChange.MTU_CHANGED,
                        DeviceChange.ADDRESS_CHANGED,
                        DeviceChange.LINK_UP),
                DeviceChange.between(UP.thenGone("eth1"), back));
        assertEquals(4, back.changes());
    }

    @Test
    void device_replacedBetweenTwoLooks_hasReturned() {
        DeviceFacts other = UP.then(9, "eth1", true, 1500, 0x020000000001L);
        assertEquals(List.of(DeviceChange.RETURNED), DeviceChange.between(UP, other));
    }

    @Test
    void device_renamed_linkDown_areTwoChangesOneOfTheDevice() {
        DeviceFacts renamed = UP.then(7, "wan0", false, 1500, 0x020000000001L);
        List<DeviceChange> changes = DeviceChange.between(UP, renamed);
        assertEquals(List.of(DeviceChange.RENAMED, DeviceChange.LINK_DOWN), changes);
        assertEquals(1, renamed.changes());
        assertEquals("the device is named wan0 now (RENAMED)", changes.get(0).describe(renamed));
        assertEquals("the link of wan0 is down (LINK_DOWN)", changes.get(1).describe(renamed));
    }
}
