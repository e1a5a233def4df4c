/**
 * The dashboards of the top-level folder {@code grafana}, as they are written, and the gates that
 * hold them and the alert rules to the names that the exporter really has.
 *
 * <p>{@link io.mptcplb.controlplane.agent.grafana.OverviewDashboard} and {@link
 * io.mptcplb.controlplane.agent.grafana.PathsDashboard} say what there is to see; {@code
 * -Dmptcplb.golden.refresh=true} writes the JSON anew. Does not: ship.
 */
@NullMarked
package io.mptcplb.controlplane.agent.grafana;

import org.jspecify.annotations.NullMarked;
