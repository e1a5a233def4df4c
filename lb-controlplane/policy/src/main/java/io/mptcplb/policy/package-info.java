/**
 * What users write, made into the one configuration that the dataplane reads: pure functions, no
 * files, no clocks.
 *
 * <p>The way is the same for {@code lb.yaml} and for Kubernetes resources: text becomes a {@link
 * io.mptcplb.policy.Value} tree that knows its lines, the tree becomes {@link
 * io.mptcplb.policy.LbResources}, and {@link io.mptcplb.policy.PolicyCompiler} makes these a
 * configuration or a list of {@link io.mptcplb.policy.Problem}s. Every mistake is reported, not
 * just the first. What two configurations differ in, {@link io.mptcplb.policy.ConfigDiff} says.
 * Policies go two ways: what the dataplane executes alone becomes part of its configuration, what
 * happens to failing paths becomes the table of {@link io.mptcplb.policy.path.PathManager}.
 *
 * <p>Owner thread: none, everything is immutable or local. Does not: look at the machine, talk to
 * the dataplane.
 */
@NullMarked
package io.mptcplb.policy;

import org.jspecify.annotations.NullMarked;
