/** Hundreds of battles for each recorded one: who is left, and how often, is the same up to chance. */
import { attackOf, defenceOf, fullMass } from "@galaxy/engine/formulas/ships"
import { killChance } from "@galaxy/engine/formulas/shot"
import { battles } from "@galaxy/engine/phases/battles"
import { make } from "@galaxy/engine/random/Random"
import { plus } from "@galaxy/engine/rules/Ruleset"
import { designOf, draftOf } from "@galaxy/engine/state/Draft"
import type { Galaxy, Group } from "@galaxy/engine/state/Galaxy"
import { assert } from "@effect/vitest"
import { Schema } from "effect"
import { galaxyOf, groupOf, levels, nothing } from "../support/games.ts"
import { design, eachCase, shipClass } from "./oracle.ts"

const fought = 600

const Sides = Schema.Record(
  Schema.String,
  Schema.NonEmptyArray(Schema.Struct({ type: Schema.String, ...design, ships: Schema.Int, tech_all: Schema.Finite }))
)

const BattleCase = Schema.Struct({
  id: Schema.String,
  ruleset: Schema.Literal("common"),
  name: Schema.String,
  sides: Sides,
  peace_declared: Schema.Array(Schema.Tuple([Schema.String, Schema.String])),
  observed: Schema.Struct({
    trials: Schema.Int,
    seed0: Schema.Int,
    no_battle: Schema.Int,
    mean_shots: Schema.Finite,
    groups: Schema.NonEmptyArray(
      Schema.Struct({
        group: Schema.String,
        start: Schema.Int,
        mean_left: Schema.Finite,
        sd_left: Schema.Finite,
        p_any_left: Schema.Finite
      })
    ),
    sole_survivor: Schema.Record(Schema.String, Schema.Finite),
    p_none_or_several_left: Schema.Finite
  })
})
type BattleCase = typeof BattleCase.Type

/** One planet of nobody, with the ships of all sides over it. */
const galaxyFrom = ({ sides, peace_declared }: BattleCase): Galaxy => {
  const names = Object.keys(sides)
  return galaxyOf(
    [{ owner: null, population: 0, industry: 0 }],
    {},
    names.map((name) => {
      const classes = (sides[name] ?? []).map((it) => shipClass(it.type, it))
      return {
        name,
        classes,
        groups: (sides[name] ?? []).map((it, at) =>
          groupOf(shipClass(it.type, it), { number: at + 1, ships: it.ships, techs: levels(it.tech_all) })
        ),
        peace_with: peace_declared
          .flatMap(([one, other]) => (one === name ? [names.indexOf(other)] : []))
          .toSorted((a, b) => a - b)
      }
    })
  )
}

/** Whether some gun there can do nothing to some ship there. */
const hasHopelessShots = (galaxy: Galaxy): boolean => {
  const ships = galaxy.races.flatMap((race) =>
    race.groups.map((group) => {
      const ship = designOf(race.classes.find((it) => it.name === group.class) ?? assert.fail("no class"))
      const mass = fullMass(ship.mass, group.load, group.techs)
      return {
        guns: ship.armament,
        attack: attackOf(ship, group.techs),
        defence: defenceOf(plus, ship, group.techs, mass)
      }
    })
  )
  return ships.some((gun) => gun.guns > 0 && ships.some((ship) => killChance(plus, gun.attack, ship.defence) === 0))
}

interface Battle {
  /** Ships left, by "side/class". */
  readonly left: ReadonlyMap<string, number>
  /** None when there was no battle. */
  readonly shots: number | undefined
}

const battle = (galaxy: Galaxy, trial: number): Battle => {
  const draft = draftOf(galaxy)
  battles("before_flight").run({ draft, techsBefore: [], decisions: nothing, random: make("battles", trial) })
  const left = new Map<string, number>()
  for (const [at, race] of galaxy.races.entries()) {
    for (const { number, class: name } of race.groups satisfies ReadonlyArray<Group>) {
      const key = `${race.name}/${name}`
      left.set(key, (left.get(key) ?? 0) + (draft.races[at]?.groups.get(number)?.ships ?? 0))
    }
  }
  const event = draft.events.find((it) => it.kind === "battle")
  return { left, shots: event?.shots }
}

const mean = (numbers: ReadonlyArray<number>): number => numbers.reduce((sum, it) => sum + it, 0) / numbers.length

const deviation = (numbers: ReadonlyArray<number>): number => {
  const middle = mean(numbers)
  return Math.sqrt(mean(numbers.map((it) => (it - middle) ** 2)))
}

const within = (actual: number, wanted: number, bound: number, what: string): void =>
  assert.isAtMost(Math.abs(actual - wanted), bound, `${what} is ${actual} instead of ${wanted}`)

eachCase("battle-outcomes", BattleCase, (one) => () => {
  const { observed } = one
  const galaxy = galaxyFrom(one)
  const all = Array.from({ length: fought }, (_, trial) => battle(galaxy, trial))
  const error = Math.sqrt(1 / fought + 1 / observed.trials)
  const compareShare = (actual: number, wanted: number, what: string): void =>
    within(actual, wanted, 5 * Math.sqrt(wanted * (1 - wanted)) * error + 0.002, what)

  // Where nobody could fire a shot, they keep a record of a battle and we don't: there was none.
  const none = observed.no_battle === observed.trials || observed.mean_shots === 0
  assert.isTrue(none || observed.no_battle === 0, "battles are fought always or never")
  assert.strictEqual(all.filter((it) => it.shots === undefined).length, none ? fought : 0, "times without a battle")

  for (const group of observed.groups) {
    const left = all.map((it) => it.left.get(group.group) ?? assert.fail(`no group ${group.group}`))
    within(mean(left), group.mean_left, 5 * group.sd_left * error + 0.02, `what is left of ${group.group}`)
    compareShare(mean(left.map((it) => (it > 0 ? 1 : 0))), group.p_any_left, `survival of ${group.group}`)
  }
  const survivors = all.map(({ left }) => [
    ...new Set([...left].flatMap(([key, ships]) => (ships > 0 ? [key.split("/")[0]] : [])))
  ])
  for (const [side, share] of Object.entries(observed.sole_survivor)) {
    const alone = survivors.filter((it) => it.length === 1 && it[0] === side).length / fought
    compareShare(alone, share, `times that only ${side} is left`)
  }
  compareShare(survivors.filter((it) => it.length !== 1).length / fought, observed.p_none_or_several_left, "draws")
  if (!none && !hasHopelessShots(galaxy)) {
    const shots = all.map((it) => it.shots ?? 0)
    within(mean(shots), observed.mean_shots, 5 * deviation(shots) * error + 0.02, "the number of shots")
  }
})
