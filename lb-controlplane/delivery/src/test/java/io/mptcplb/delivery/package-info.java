/**
 * What is handed over: container images, the chart, and what is rendered from it. Tests only; what
 * they are about lies in {@code k8s/} and {@code helm/}.
 */
@NullMarked
package io.mptcplb.delivery;

import org.jspecify.annotations.NullMarked;
