package io.mptcplb.controlplane.agent.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.control.Event;
import io.mptcplb.contract.control.PathPriority;
import io.mptcplb.contract.control.PathSelector;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BoxModelTest {
    private static final long EPOCH = 9;
    private static final long SECOND = 1_000_000_000L;
    private static final long BEGIN = 1_800_000_000L * SECOND;
    private static final IpAddress CLIENT = IpAddress.parse("198.51.100.77");
    private static final IpAddress LOCAL = IpAddress.parse("198.51.100.10");

    private final EventHistory history = new EventHistory(100, BEGIN);
    private final BoxModel model = new BoxModel(history);

    private void told(Event... events) {
        for (Event event : events) {
            model.handleEvent(EPOCH, event, BEGIN);
        }
    }

    private void snapshot(Event... events) {
        told(new Event.SnapshotBegin(1));
        told(events);
        told(new Event.SnapshotEnd());
    }

    private static Event.ConnectionOpened opened(long id, int offered, int answered, String why) {
        return new Event.ConnectionOpened(
                id,
                "web",
                CLIENT,
                40_000,
                LOCAL,
                443,
                answered < 0 ? 0 : 77,
                offered,
                0x81,
                answered,
                why,
                BEGIN);
    }

    private static Event.SubflowOpened subflow(long id, int subflow, boolean backup) {
        return new Event.SubflowOpened(
                id, subflow, "isp-b", LOCAL, 443, CLIENT, 40_001, 3, backup, false, BEGIN + 1);
    }

    private Explanation explanation(long id) {
        return model.explain(model.connection(id).orElseThrow(), Set.of("operator", "phones"));
    }

    private String explained(long id) {
        StringBuilder text = new StringBuilder();
        for (Explanation.Step step : explanation(id).steps()) {
            text.append(step.what());
            text.append(step.why().isEmpty() ? "" : " BECAUSE " + step.why()).append('\n');
        }
        return text.toString();
    }

    @Test
    void snapshotHalf_readers_seeThePictureBefore() {
        snapshot(opened(1, 1, 1, ""));
        told(new Event.SnapshotBegin(2), opened(2, 1, 1, ""));

        assertEquals(1, model.connections());
        assertTrue(model.connection(1).isPresent());
        assertFalse(model.connection(2).isPresent());

        told(new Event.SnapshotEnd());
        assertTrue(model.connection(2).isPresent());
        assertEquals(2, model.generation());
    }

    @Test
    void connectionLost_inAHalfSnapshot_oldPictureStays() {
        snapshot(opened(1, 1, 1, ""));
        told(new Event.SnapshotBegin(2));
        model.handleLost();
        told(opened(3, 1, 1, ""));

        assertEquals(2, model.connections());
    }

    @Test
    void connectionMissing_inTheNextSnapshot_isGoneYetExplained() {
        snapshot(opened(1, 1, 1, ""));
        snapshot();

        assertEquals(0, model.connections());
        assertEquals("MPTCP, gone; its end was out of sight", explanation(1).summary());
    }

    @Test
    void epochNew_endedOnesOfTheOldProcess_areForgotten() {
        snapshot(opened(1, 1, 1, ""));
        told(new Event.ConnectionClosed(1, "FINISHED", 10, 20, BEGIN + 5));
        assertTrue(model.connection(1).isPresent());
        model.handleEvent(EPOCH + 1, new Event.SnapshotBegin(1), BEGIN);
        model.handleEvent(EPOCH + 1, new Event.SnapshotEnd(), BEGIN);

        assertFalse(model.connection(1).isPresent());
    }

    @Test
    void endedConnections_many_oldestForgotten() {
        snapshot();
        for (long id = 1; id <= BoxModel.ENDED_MAX + 1; id++) {
            told(opened(id, 1, 1, ""), new Event.ConnectionClosed(id, "FINISHED", 0, 0, BEGIN));
        }

        assertFalse(model.connection(1).isPresent());
        assertTrue(model.connection(2).isPresent());
    }

    @Test
    void subflowsEnded_many_lastOnesKept() {
        snapshot(opened(1, 1, 1, ""), subflow(1, 0, false));
        for (int i = 1; i <= 40; i++) {
            told(subflow(1, i, false), new Event.SubflowClosed(1, i, "RESET", "", BEGIN + i));
        }

        Connection connection = model.connection(1).orElseThrow();
        assertEquals(1, connection.openSubflows());
        assertEquals(1 + Connection.CLOSED_SUBFLOWS_MAX, connection.subflows().size());
        assertTrue(connection.subflow(0).isPresent());
    }

    @Test
    void ruleSetAgain_movesLastAndConfiguredTakesItAway() {
        PathSelector a = PathSelector.ofPort("isp-a");
        PathSelector b = PathSelector.ofPort("isp-b");
        snapshot(
                new Event.PathRule(a, PathPriority.BACKUP),
                new Event.PathRule(b, PathPriority.BACKUP));
        told(new Event.PathRule(a, PathPriority.REGULAR));
        assertEquals(List.of(b, a), List.copyOf(model.rules().keySet()));

        told(new Event.PathRule(b, PathPriority.CONFIGURED));
        assertEquals(List.of(a), List.copyOf(model.rules().keySet()));
    }

    @Test
    void plainClient_explained_didNotAsk() {
        snapshot(opened(1, -1, -1, ""));

        assertEquals(
                "198.51.100.77:40000 reached web at 198.51.100.10:443 by plain TCP: the client did"
                        + " not offer MPTCP; we answered plain TCP\n",
                explained(1));
    }

    @Test
    void refusedMptcp_explained_saysWhy() {
        snapshot(opened(1, 1, -1, "MPTCP_DISABLED"));

        assertTrue(explained(1).contains("we answered plain TCP BECAUSE mptcp disabled"));
    }

    @Test
    void life_explained_tellsEachStepWithItsReason() {
        snapshot();
        told(opened(1, 1, 0x21, ""));
        told(new Event.BackendChosen(1, "web", "web-1", BEGIN + 1));
        told(subflow(1, 2, true));
        told(new Event.JoinRefused(1, CLIENT, 40_002, "JOIN_OVER_LIMIT", BEGIN + 2));
        history.decided("phones", "phones: isp-a lost its carrier", BEGIN + SECOND);
        history.decided("others", "others: isp-b lost its carrier", BEGIN + SECOND);
        told(new Event.SubflowPriority(1, 2, false, false, BEGIN + SECOND + 1));
        told(new Event.ConnectionFellBack(1, "DSS_CHECKSUM", BEGIN + 2 * SECOND));
        told(new Event.ConnectionClosed(1, "FINISHED", 10, 20, BEGIN + 3 * SECOND));

        assertEquals(
                """
                198.51.100.77:40000 reached web at 198.51.100.10:443 by MPTCP: the client offered MPTCP version 1 \
                with checksums (A flag); we answered MPTCP forbidding joins to our address (C flag) \
                BECAUSE virtualServers[web] has joinInitialAddress: no for this client
                goes to backend web/web-1
                subflow 2 over isp-b from 198.51.100.77:40001 to 198.51.100.10:443, the client's address 3: backup by us \
                BECAUSE policy has isp-b as a backup path for this client
                a join from 198.51.100.77:40002 was refused: join over limit \
                BECAUSE virtualServers[web].mptcp.maxSubflows allows no more
                subflow 2: regular BECAUSE phones: isp-a lost its carrier
                fell back to plain TCP: dss checksum
                ended (finished), 10 bytes from the client, 20 to it
                """,
                explained(1));
        assertTrue(explanation(1).complete());
    }

    @Test
    void history_full_saysSinceWhen() {
        snapshot(opened(1, 1, 1, ""));
        for (int i = 0; i < 200; i++) {
            history.note(EventKind.AGENT, "noise", BEGIN + (i + 1) * SECOND);
        }

        Explanation explanation = explanation(1);
        assertFalse(explanation.complete());
        assertEquals(BEGIN + 101 * SECOND, explanation.sinceUnixNanos());
        assertEquals(100, history.after(0, 1_000, entry -> true).size());
    }

    @Test
    void historyPages_readOneAfterAnother_eachEntryOnce() {
        for (int i = 0; i < 50; i++) {
            history.note(EventKind.AGENT, "entry " + i, BEGIN);
        }
        List<EventHistory.Entry> first = history.after(0, 20, entry -> true);
        List<EventHistory.Entry> second =
                history.after(first.getLast().number(), 20, entry -> true);

        assertEquals("entry 20", second.getFirst().text());
        assertEquals("entry 49", history.latest(3, entry -> true).getLast().text());
    }
}
