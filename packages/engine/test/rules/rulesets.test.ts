/** What the two sets of constants have in common, and what not. */
import { ngConstants, plus, rulesets } from "@galaxy/engine/rules/Ruleset"
import { assert, describe, it } from "@effect/vitest"

describe("the rulesets", () => {
  it("differ where the other engine does, and nowhere else", () => {
    const differing = Object.keys(plus).filter(
      (key) =>
        JSON.stringify(plus[key as keyof typeof plus]) !== JSON.stringify(ngConstants[key as keyof typeof ngConstants])
    )
    assert.deepStrictEqual(differing.toSorted(), [
      "arrivalTolerance",
      "bombing",
      "detectionZoneFactor",
      "flightZoneFactor",
      "giftClasses",
      "giftGroups",
      "holdDivisor",
      "hullBilling",
      "idleTurns",
      "idleWarningOwn",
      "idleWarningPublic",
      "map",
      "name",
      "nameLength",
      "pointsPerTechLevel",
      "populationPerVote",
      "shieldNormaliser",
      "turnShots",
      "upgradingBinds",
      "votesFromTurn",
      "winningShare"
    ])
  })

  it("are found by their names", () => {
    for (const [name, ruleset] of Object.entries(rulesets)) assert.strictEqual(ruleset.name, name)
  })

  it("have the constants of the game", () => {
    assert.deepInclude(plus, {
      populationGrowth: 0.08,
      peoplePerColonist: 8,
      industryWeight: 0.75,
      populationWeight: 0.25,
      pointsPerCapital: 5,
      pointsPerMass: 10,
      pointsPerTechLevel: { drive: 5000, weapons: 5000, shields: 5000, cargo: 5000 },
      holdDivisor: 20,
      speedFactor: 20,
      killLogBase: 4,
      flightZoneFactor: 40,
      detectionZoneFactor: 30,
      upgradeFactor: 10,
      populationPerVote: 1000,
      winningShare: 2 / 3,
      nameLength: 20,
      map: "torus",
      bombing: "power"
    })
    assert.approximately(plus.shieldNormaliser ** 3, 30, 1e-12)
  })
})
