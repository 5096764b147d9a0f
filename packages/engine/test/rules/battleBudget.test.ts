/** The shots of a turn are bounded over all of its battles (D26), and no battle uses up those of another. */
import { plus, type Ruleset } from "@galaxy/engine/rules/Ruleset"
import { reportsOf } from "@galaxy/engine/report/reports"
import type { Galaxy } from "@galaxy/engine/state/Galaxy"
import { renderReport } from "@galaxy/engine/text/report"
import { nextGalaxy } from "@galaxy/engine/turn/makeTurn"
import { assert, describe, it } from "@effect/vitest"
import { classOf, galaxyOf, groupOf, nothing, ordersOf } from "../support/games.ts"

const budget = plus.turnShots ?? assert.fail("plus has no budget of shots")

// A gun that hits once in ten thousand years, and a target that doesn't shoot back.
const Gun = classOf("Gun", "1 200 5.631255015351 0 0")
const Wall = classOf("Wall", "1 0 0 20 0")
const Cruiser = classOf("Cruiser", "15 1 15 15 0")
const classes = [Gun, Wall, Cruiser]
const nobody = { owner: null, population: 0, industry: 0 }

/** One gun ship against twenty walls at each of some planets of nobody, and last a battle that ends by itself. */
const besieged = (planets: number): Galaxy => {
  const places = Array.from({ length: planets }, (_, it) => it + 1)
  const last = planets + 1
  return galaxyOf([...places.map(() => nobody), nobody], { size: 1000 }, [
    {
      classes,
      groups: [
        ...places.map((at) => groupOf(Gun, { number: at, at })),
        groupOf(Cruiser, { number: last, at: last, ships: 30 })
      ]
    },
    {
      classes,
      groups: [
        ...places.map((at) => groupOf(Wall, { number: at, at, ships: 20 })),
        groupOf(Cruiser, { number: last, at: last, ships: 3 })
      ]
    }
  ])
}

const battlesOf = (galaxy: Galaxy, change: Partial<Ruleset> = {}, decisions = nothing) => {
  const made = nextGalaxy(galaxy, decisions, { ...plus, ...change })
  return { ...made, battles: made.log.flatMap((it) => (it.kind === "battle" ? [it] : [])) }
}

const sum = (battles: ReadonlyArray<{ readonly shots: number }>): number =>
  battles.reduce((all, it) => all + it.shots, 0)

describe.each([10, 100])("battles without an end at %i planets", (planets) => {
  const { galaxy, battles, log } = battlesOf(besieged(planets))
  const endless = battles.filter(({ planet }) => planet <= planets)

  it("fire no more shots than a turn has, in both phases together", () => {
    assert.isAtMost(sum(battles), budget)
    assert.isAtMost(sum(battles.filter((it) => it.when === "before_flight")), budget / 2)
    assert.isAbove(sum(battles), budget * 0.9)
  })

  it("end undecided, each with its share, and the log and the report say so", () => {
    assert.strictEqual(endless.length, 2 * planets)
    for (const battle of endless) {
      assert.isTrue(battle.cut_short, `at ${battle.planet}`)
      assert.isAbove(battle.shots, budget / 2 / (planets + 1) - 1)
    }
    const report = reportsOf(galaxy, log)[0] ?? assert.fail()
    assert.deepStrictEqual(
      report.battles.map((it) => it.cut_short),
      battles.map((it) => it.cut_short)
    )
    assert.strictEqual(renderReport(report).split("The battle ended undecided").length - 1, endless.length)
  })

  it("leave the others theirs", () => {
    const last = battles.find(({ planet }) => planet === planets + 1)
    assert.isUndefined(last?.cut_short)
    assert.deepStrictEqual(
      last?.groups.map((it) => it.left > 0),
      [true, false]
    )
  })
})

it("a turn without a bound goes on to the bounds of each battle", () => {
  const { battles } = battlesOf(besieged(2), { turnShots: null, battleShots: 2000, battleShotsWithoutLoss: 1500 })
  const shots = battles
    .filter(({ planet }) => planet < 3)
    .map((it) => [it.shots >= 1500 && it.shots <= 2000, it.cut_short])
  assert.deepStrictEqual(
    shots,
    Array.from({ length: 4 }, () => [true, true])
  )
})

it("what a phase doesn't use is left for the next", () => {
  // The gun arrives in the second phase and may use the whole turn's shots.
  const galaxy = galaxyOf([{ owner: 1 }, { ...nobody, x: 0.5 }], {}, [
    { classes, groups: [groupOf(Gun, { at: 2, to: null })] },
    { classes, groups: [groupOf(Wall, { at: 1, ships: 20, distance: 0 })] }
  ])
  const flies = ordersOf({ 1: [{ op: "send", group: 1, planet: 2 }] })
  const { battles } = battlesOf(galaxy, { turnShots: 1000, flightZoneFactor: null }, flies)
  assert.deepStrictEqual(
    battles.map((it) => [it.when, it.shots, it.cut_short]),
    [["after_flight", 1000, true]]
  )
})

it("guns with nothing left to shoot at use up shots too, so that they can't go on for ever", () => {
  const { battles } = battlesOf(
    galaxyOf([nobody], {}, [
      { classes, groups: [groupOf(Gun)], peace_with: [2] },
      { classes, groups: [groupOf(Wall, { ships: 20 })], peace_with: [0, 2] },
      { classes, groups: [groupOf(Cruiser, { ships: 500 })], peace_with: [0, 1] }
    ]),
    { turnShots: 10_000 }
  )
  assert.strictEqual(battles.length, 2)
  for (const battle of battles) assert.isBelow(battle.rounds, 10)
})
