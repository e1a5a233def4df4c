/**
 * A house in which every rule is broken: each class breaks one, and HouseRulesTest proves that the
 * rule names it. Not an example of anything.
 */
package io.mptcplb.app.house.planted;
