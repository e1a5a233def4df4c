/**
 * A house in which every rule is broken: each class breaks one, and ControlPlaneRulesTest proves
 * that the rule names it. Not an example of anything.
 */
package io.mptcplb.controlplane.app.house.planted;
