/**
 * What happened in a turn that its player should know first, worst first: from the report, and from the one before it
 * where that is at hand.
 */
import type { Bombing, Report } from "@galaxy/contract/engine/Report"
import type { Ruleset } from "@galaxy/engine/rules/Ruleset"
import { battleLosses } from "./battle.ts"
import { turnsFor } from "./turnsFor.ts"

const weights = ["bad", "warn", "good", "plain"] as const
/** How much it hurts: `bad` and `warn` ask for something, `good` is pleasant, `plain` is to be known. */
export type Weight = (typeof weights)[number]

export type SinceItem =
  /** A planet of the reader's isn't its own any more. Without `by` it is unknown how. */
  | {
      readonly _tag: "lost"
      readonly planet: number
      readonly name: string
      readonly by: string | undefined
      readonly bombing: Bombing | undefined
    }
  | { readonly _tag: "bombed"; readonly bombing: Bombing }
  /** All battles that the reader's ships were in. */
  | {
      readonly _tag: "battles"
      readonly all: number
      readonly mine: number
      readonly lost: number
      readonly destroyed: number
      readonly first: number
    }
  /** Battles of others that were seen. */
  | { readonly _tag: "battlesSeen"; readonly all: number }
  | {
      readonly _tag: "approaching"
      readonly groups: number
      readonly planets: ReadonlyArray<number>
      readonly mass: number
      readonly origin: number
      readonly turns: number
    }
  /** Planets that go on storing industry which nobody can work in. */
  | { readonly _tag: "idle"; readonly planets: ReadonlyArray<number> }
  | { readonly _tag: "refused"; readonly refused: number; readonly all: number }
  | { readonly _tag: "gone"; readonly races: ReadonlyArray<string> }
  | { readonly _tag: "bombedOthers"; readonly bombing: Bombing }
  | { readonly _tag: "won"; readonly planets: ReadonlyArray<number> }
  | { readonly _tag: "built"; readonly ships: number }
  | {
      readonly _tag: "research"
      readonly levels: ReadonlyArray<{ readonly tech: Tech; readonly before: number; readonly after: number }>
    }
  | { readonly _tag: "done"; readonly all: number }
  | { readonly _tag: "quiet" }

const techs = ["drive", "weapons", "shields", "cargo"] as const
export type Tech = (typeof techs)[number]

export const weightOf = (item: SinceItem): Weight => {
  switch (item._tag) {
    case "lost":
    case "bombed":
      return "bad"
    case "battles":
      return item.lost > 0 ? "bad" : "good"
    case "approaching":
    case "idle":
    case "refused":
      return "warn"
    case "bombedOthers":
    case "won":
      return "good"
    default:
      return "plain"
  }
}

/** Industry that can't be staffed counts as the same where only rounding parts it from the people. */
const slack = 0.01

const lostPlanets = (report: Report, before: Report | undefined): ReadonlyArray<SinceItem> => {
  const { race } = report
  const wiped = report.bombings.filter(({ owner, new_owner }) => owner === race && new_owner !== race)
  const last = new Map(wiped.map((bombing) => [bombing.planet, bombing]))
  const own = new Set(report.my_planets.map(({ number }) => number))
  const lost = [...last.values()].map(
    (bombing): SinceItem => ({ _tag: "lost", planet: bombing.planet, name: bombing.name, by: bombing.bomber, bombing })
  )
  const others = (before?.my_planets ?? []).filter(({ number }) => !own.has(number) && !last.has(number))
  return [
    ...lost.filter((item) => item._tag === "lost" && !own.has(item.planet)),
    ...others.map(
      ({ number, name }): SinceItem => ({ _tag: "lost", planet: number, name, by: undefined, bombing: undefined })
    )
  ]
}

const battlesOf = ({ battles, race }: Report): ReadonlyArray<SinceItem> => {
  if (battles.length === 0) return []
  const fought = battles.flatMap((battle, index) => {
    const losses = battleLosses(battle, race)
    return losses === undefined ? [] : [{ index, ...losses }]
  })
  if (fought.length === 0) return [{ _tag: "battlesSeen", all: battles.length }]
  const worst = fought.toSorted((one, other) => other.lost - one.lost)[0]
  const sum = (of: "lost" | "destroyed") => fought.reduce((all, it) => all + it[of], 0)
  return [
    {
      _tag: "battles",
      all: battles.length,
      mine: fought.length,
      lost: sum("lost"),
      destroyed: sum("destroyed"),
      first: worst?.index ?? 0
    }
  ]
}

const approaching = (ruleset: Ruleset, { approaching_groups: groups }: Report): ReadonlyArray<SinceItem> => {
  const [heaviest] = groups.toSorted((one, other) => other.mass - one.mass)
  if (heaviest === undefined) return []
  const turns = Math.min(...groups.map(({ distance, speed }) => turnsFor(ruleset, distance, speed) ?? Infinity))
  return [
    {
      _tag: "approaching",
      groups: groups.length,
      planets: [...new Set(groups.map(({ destination }) => destination))],
      mass: heaviest.mass,
      origin: heaviest.origin,
      turns
    }
  ]
}

const research = ({ changes }: Report): ReadonlyArray<SinceItem> => {
  const levels = techs.flatMap((tech) => {
    const steps = changes.filter(({ subject, what }) => subject === "race" && what === tech)
    const [first] = steps
    const last = steps.at(-1)
    // Two decimals are shown: a smaller step would look like none.
    if (first === undefined || last === undefined || last.after - first.before < 0.005) return []
    return [{ tech, before: first.before, after: last.after }]
  })
  return levels.length === 0 ? [] : [{ _tag: "research", levels }]
}

const some = (when: boolean, item: () => SinceItem): ReadonlyArray<SinceItem> => (when ? [item()] : [])

/** The list, worst first; of the same weight in the order of the rules. It is never empty: a turn in which nothing happened says so. */
export const sinceLastTurn = (ruleset: Ruleset, report: Report, before?: Report): ReadonlyArray<SinceItem> => {
  const { race } = report
  const lost = lostPlanets(report, before)
  const gone = new Set(lost.flatMap((item) => (item._tag === "lost" ? [item.planet] : [])))
  const idle = report.my_planets.filter(
    ({ production, industry, size, capital }) => production === "CAP" && industry >= size - slack && capital > 0
  )
  const refused = report.orders.filter(({ accepted }) => !accepted).length
  const wasOwn = new Set(before?.my_planets.map(({ number }) => number))
  const won = before === undefined ? [] : report.my_planets.filter(({ number }) => !wasOwn.has(number))
  const built = report.changes
    .filter(({ subject, what, cause }) => subject === "group" && what === "ships" && cause === "ship_building")
    .reduce((all, change) => all + change.after - change.before, 0)
  const left = report.players.filter(
    ({ name, extinct }) => extinct && before?.players.some((it) => it.name === name && !it.extinct) === true
  )
  const items: ReadonlyArray<SinceItem> = [
    ...lost,
    ...battlesOf(report),
    ...report.bombings
      .filter(({ owner, planet }) => owner === race && !gone.has(planet))
      .map((bombing): SinceItem => ({ _tag: "bombed", bombing })),
    ...approaching(ruleset, report),
    ...some(idle.length > 0, () => ({ _tag: "idle", planets: idle.map(({ number }) => number) })),
    ...some(refused > 0, () => ({ _tag: "refused", refused, all: report.orders.length })),
    ...report.bombings
      .filter(({ bomber }) => bomber === race)
      .map((bombing): SinceItem => ({ _tag: "bombedOthers", bombing })),
    ...some(won.length > 0, () => ({ _tag: "won", planets: won.map(({ number }) => number) })),
    ...some(left.length > 0, () => ({ _tag: "gone", races: left.map(({ name }) => name) })),
    ...some(built > 0, () => ({ _tag: "built", ships: built })),
    ...research(report),
    ...some(refused === 0 && report.orders.length > 0, () => ({ _tag: "done", all: report.orders.length }))
  ]
  if (items.length === 0) return [{ _tag: "quiet" }]
  return items.toSorted((one, other) => weights.indexOf(weightOf(one)) - weights.indexOf(weightOf(other)))
}
