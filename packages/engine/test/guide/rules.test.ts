/** Every number of the guide for players, computed by the game itself; and every order line of it, read. */
import { readFileSync } from "node:fs"
import { grow } from "@galaxy/engine/formulas/growth"
import { freePoints, makeCapital, researched } from "@galaxy/engine/formulas/production"
import {
  attackOf,
  bombingPower,
  defenceOf,
  emptyMass,
  fullMass,
  holdOf,
  speedOf,
  weaponsMass
} from "@galaxy/engine/formulas/ships"
import { killChance } from "@galaxy/engine/formulas/shot"
import { blockCost } from "@galaxy/engine/formulas/upgrade"
import { build } from "@galaxy/engine/formulas/yard"
import { elect } from "@galaxy/engine/formulas/votes"
import { sharesOf } from "@galaxy/engine/orders/sciences"
import { plus } from "@galaxy/engine/rules/Ruleset"
import { draftOf } from "@galaxy/engine/state/Draft"
import { putDown } from "@galaxy/engine/state/landing"
import { parseOrders } from "@galaxy/engine/text/parseOrders"
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { galaxyOf } from "../support/games.ts"

const guide = readFileSync(new URL("../../../../docs/guides/rules.md", import.meta.url), "utf8")

interface Example {
  readonly line: string
  readonly what: string
  /** Numbers without a name: a design, or a hold. */
  readonly plain: ReadonlyArray<number>
  readonly named: Readonly<Record<string, string>>
  /** As it is printed. */
  readonly result: string
}

const examples: ReadonlyArray<Example> = [...guide.matchAll(/```example\n([\s\S]*?)```/g)].flatMap(([, block = ""]) =>
  block
    .trim()
    .split("\n")
    .map((line) => {
      const at = line.lastIndexOf(" = ")
      const [what = "", ...words] = line.slice(0, at).split(" ")
      const pairs = words.filter((word) => word.includes("="))
      return {
        line,
        what,
        plain: words.filter((word) => !word.includes("=")).map(Number),
        named: Object.fromEntries(pairs.map((pair) => pair.split("=", 2) as [string, string])),
        result: line.slice(at + 3)
      }
    })
)

const compute = ({ what, plain, named }: Example): number => {
  const number = (name: string): number => {
    const value = Number(named[name])
    assert.isTrue(Number.isFinite(value), `${what} needs ${name}`)
    return value
  }
  const [drive = 0, armament = 0, weapons = 0, shields = 0, cargo = 0] = plain
  const design = { drive, armament, weapons, shields, cargo }
  const techs = () => ({ drive: number("tech"), weapons: number("tech"), shields: number("tech"), cargo: 1 })
  const built = () => build(plus, emptyMass(design), number("resources"), number("materials"), number("points"))
  const people = () => ({ size: number("size"), population: number("population"), colonists: 0 })
  switch (what) {
    case "points":
      return freePoints(plus, { industry: number("industry"), population: number("population") })
    case "capital": {
      const stocks = { capital: 0, materials: number("materials") }
      return makeCapital(plus, stocks, number("resources"), number("points")).capital
    }
    case "research":
      return researched(plus, "drive", number("points"))
    case "science": {
      const [first, second, third, fourth] = (named["parts"] ?? "").split(":").map(Number)
      const shares = Result.getOrThrow(sharesOf({ drive: first, weapons: second, shields: third, cargo: fourth }))
      return named["of"] === "drive" ? shares.drive : shares.shields
    }
    case "colonists":
      return grow(plus, people()).colonists
    case "population":
      return grow(plus, people()).population
    case "mass":
      return emptyMass(design)
    case "built":
      return built().ships
    case "banked":
      return built().banked
    case "speed": {
      const mass = fullMass(emptyMass(design), number("load"), { cargo: number("tech") })
      return speedOf(plus, design, { drive: number("tech") }, mass)
    }
    case "hold":
      return holdOf(plus, { cargo: drive }, { cargo: number("tech") })
    case "attack":
      return attackOf(design, techs())
    case "defence":
      return defenceOf(plus, design, techs(), emptyMass(design))
    case "upgrade":
      return blockCost(plus, number("mass"), number("from"), number("to"))
    case "turns":
      return Math.ceil(number("distance") / number("speed"))
    case "zone":
      return (plus.flightZoneFactor ?? Number.NaN) * number("tech")
    case "chance":
      return killChance(plus, number("attack"), number("defence"))
    case "power":
      return bombingPower(design, techs()) * number("ships")
    case "votes":
      return number("population") / (plus.populationPerVote ?? Number.NaN)
    case "needed":
      return elect(plus, [number("votes"), 0], [0, 1]).needed
    case "settled": {
      const draft = draftOf(
        galaxyOf([{}, { owner: null, population: 0, industry: 0, production: null, size: number("size") }])
      )
      putDown(draft, draft.races[0]!, draft.planets[1]!, "colonists", number("colonists"), "unloading")
      return draft.planets[1]!.population
    }
    default:
      return assert.fail(`the guide has an example that nobody computes: ${what}`)
  }
}

describe("the guide for players", () => {
  it("has many numbers", () => {
    assert.isAbove(examples.length, 50)
  })

  for (const [index, example] of examples.entries()) {
    it(`${index + 1}: ${example.line}`, () => {
      const decimals = example.result.split(".")[1]?.length ?? 0
      const half = 0.5 / 10 ** decimals
      assert.closeTo(compute(example), Number(example.result), half * 1.000_001)
    })
  }

  it("shows orders that can be read", () => {
    const table = guide.slice(guide.indexOf("## Orders"))
    const orders = [...table.matchAll(/`([A-Z](?: [^`]*)?)`/g)].map(([, order = ""]) => order)
    assert.isAbove(orders.length, 20)
    for (const order of orders) {
      if (order === "SHIP") continue
      assert.isTrue(Result.isSuccess(parseOrders(order)), order)
    }
  })

  it("weighs guns as it says", () => {
    assert.strictEqual(weaponsMass({ armament: 1, weapons: 10 }), 10)
    assert.strictEqual(weaponsMass({ armament: 3, weapons: 10 }), 20)
  })
})
