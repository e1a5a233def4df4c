package io.mptcplb.controlplane.agent.metrics;

import static io.mptcplb.contract.MetricKind.COUNTER;
import static io.mptcplb.contract.MetricKind.GAUGE;
import static io.mptcplb.controlplane.agent.metrics.AgentMetric.Origin.AGENT;
import static io.mptcplb.controlplane.agent.metrics.AgentMetric.Origin.COUNTER_FILE;

import io.mptcplb.contract.MetricKind;
import java.util.List;
import java.util.Locale;

/**
 * The agent's own figures: every name, label and sentence, once. A constant's name makes its {@link
 * #exportName}, as in {@link io.mptcplb.contract.Metric}.
 */
public enum AgentMetric {
    DATAPLANE_UP(
            COUNTER_FILE, GAUGE, "1 while the dataplane publishes figures, 0 while it is silent."),
    DATAPLANE_RESTARTS(COUNTER_FILE, COUNTER, "Dataplanes that took the place of an earlier one."),
    DATAPLANE_START_TIME_SECONDS(
            COUNTER_FILE, GAUGE, "When the dataplane started, in seconds since 1970."),
    DATAPLANE_WORKERS(COUNTER_FILE, GAUGE, "Workers of the dataplane."),
    FIGURES_FILE_READABLE(
            COUNTER_FILE, GAUGE, "1 while the counter file can be read, 0 while it cannot."),
    FIGURES_FILE_ERRORS(
            COUNTER_FILE, COUNTER, "Scrapes that could not read the counter file.", "cause"),
    CARRIED_FILE_ERRORS(
            COUNTER_FILE,
            COUNTER,
            "Times that counters could not be kept for the next agent, or taken over from the"
                    + " last."),
    SERIES_SUPPRESSED(
            COUNTER_FILE,
            GAUGE,
            "Series of the counter file that are not exported, because there are too many."),

    AGENT_CONTROL_LIVE(
            AGENT, GAUGE, "1 while the agent knows every event of the dataplane, else 0."),
    AGENT_CONTROL_RESYNCS(AGENT, COUNTER, "Snapshots that the agent asked the dataplane for."),
    AGENT_CONTROL_GAPS(AGENT, COUNTER, "Events found missing by their numbers."),
    AGENT_CONTROL_OVERRUNS(AGENT, COUNTER, "Times that the agent was too slow for the events."),
    AGENT_CONTROL_LOST(AGENT, COUNTER, "Times that the agent lost the dataplane."),
    AGENT_CONTROL_EVENTS(AGENT, COUNTER, "Events received."),
    AGENT_CONTROL_COMMANDS(AGENT, COUNTER, "Commands sent."),
    AGENT_CONTROL_COMMANDS_REFUSED(
            AGENT, COUNTER, "Commands that the dataplane did not obey.", "code"),
    AGENT_CONTROL_FRAMES_MALFORMED(
            AGENT, COUNTER, "Frames from the dataplane that could not be read."),
    AGENT_CONFIG_OFFERS(
            AGENT,
            COUNTER,
            "Configurations offered by file or API, by what became of them.",
            "outcome"),
    AGENT_API_REFUSALS(
            AGENT, COUNTER, "Requests to the admin API that were refused, by status.", "status"),
    AGENT_PATH_DECISIONS(AGENT, COUNTER, "Decisions of the path manager."),
    AGENT_PATH_COMMANDS(AGENT, COUNTER, "Path rules set or taken away.");

    /** Who knows the value. */
    enum Origin {
        /** {@link DataplaneCollector}. */
        COUNTER_FILE,
        /** {@link AgentFigures}: whoever in the agent counts. */
        AGENT
    }

    private final Origin origin;
    private final MetricKind kind;
    private final String help;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> labels;

    AgentMetric(Origin origin, MetricKind kind, String help, String... labels) {
        this.origin = origin;
        this.kind = kind;
        this.help = help;
        this.labels = List.of(labels);
    }

    /** The name under which it is scraped. */
    public String exportName() {
        return "mptcplb_" + name().toLowerCase(Locale.ROOT) + (kind == COUNTER ? "_total" : "");
    }

    public MetricKind kind() {
        return kind;
    }

    /** One sentence. */
    public String help() {
        return help;
    }

    /** Label names in order. */
    public List<String> labels() {
        return labels;
    }

    boolean isFromCounterFile() {
        return origin == COUNTER_FILE;
    }
}
