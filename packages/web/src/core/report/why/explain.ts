/** What somebody asks about, and all figures of it. */
import type { Battle, BattleGroup, Report } from "@galaxy/contract/engine/Report"
import type { Ruleset } from "@galaxy/engine/rules/Ruleset"
import { designOf } from "../designOf.ts"
import { bombingFigures, oddsFigures } from "./fight.ts"
import { figure, type Figure, formula, type Quantity, step, term } from "./formula.ts"
import type { KnownOfOwner } from "./ore.ts"
import { planetFigures } from "./planet.ts"
import { raceFigures } from "./race.ts"
import type { Design, Techs } from "./ship.ts"
import { designFigures, shipFigures, turnsFigure } from "./shipFigures.ts"

/** A thing of a report whose figures can be explained; groups of others and bombings by their place in the report. */
export type Subject =
  | { readonly _tag: "planet"; readonly number: number }
  | { readonly _tag: "group"; readonly number: number }
  | { readonly _tag: "foreignGroup"; readonly index: number }
  | { readonly _tag: "fleet"; readonly name: string }
  | { readonly _tag: "approaching"; readonly index: number }
  | { readonly _tag: "class"; readonly race: string; readonly name: string }
  | { readonly _tag: "design"; readonly design: Design }
  | { readonly _tag: "race"; readonly name: string }
  | { readonly _tag: "bombing"; readonly index: number }
  /** A shot between a design of the reader's and a class of others: `mine` is one at the class. */
  | {
      readonly _tag: "match"
      readonly design: Design
      readonly foe: Design & { readonly race: string; readonly name: string }
      readonly mine: boolean
    }
  | { readonly _tag: "shot"; readonly battle: Battle; readonly attacker: BattleGroup; readonly target: BattleGroup }

/** A question: what it is about, and the figure that was pointed at. */
export interface Asked {
  readonly subject: Subject
  readonly figure?: Quantity
}

const techsOf = (report: Report, race: string): Techs | undefined => report.players.find(({ name }) => name === race)

/** What others build and research on a planet: their classes as far as they were seen, their sciences where ships are. */
const knownOf = (report: Report, owner: string): KnownOfOwner =>
  owner === report.race
    ? report
    : {
        my_classes: report.foreign_classes.filter(({ race }) => race === owner),
        my_sciences: report.foreign_sciences.filter(({ race }) => race === owner)
      }

const planetOf = (ruleset: Ruleset, report: Report, number: number): ReadonlyArray<Figure> => {
  const own = report.my_planets.find((it) => it.number === number)
  if (own !== undefined) return planetFigures(ruleset, own, report)
  const other = report.foreign_planets.find((it) => it.number === number)
  return other === undefined ? [] : planetFigures(ruleset, other, knownOf(report, other.owner))
}

const groupOf = (ruleset: Ruleset, report: Report, number: number): ReadonlyArray<Figure> => {
  const group = report.my_groups.find((it) => it.number === number)
  const design = group === undefined ? undefined : designOf(report, report.race, group.class)
  if (group === undefined || design === undefined) return []
  const raceTechs = techsOf(report, report.race)
  return shipFigures(
    ruleset,
    { design, techs: group, load: group.load },
    {
      ships: group.ships,
      ...(raceTechs === undefined ? {} : { raceTechs }),
      ...(group.distance === undefined ? {} : { distance: group.distance }),
      ...(group.fleet === undefined ? {} : { fleetSpeed: group.speed })
    }
  )
}

const fleetOf = (ruleset: Ruleset, report: Report, name: string): ReadonlyArray<Figure> => {
  const fleet = report.my_fleets.find((it) => it.name === name)
  if (fleet === undefined) return []
  const speeds = report.my_groups.flatMap((group) => {
    const design = group.fleet === name ? designOf(report, report.race, group.class) : undefined
    if (design === undefined) return []
    const own = shipFigures(ruleset, { design, techs: group, load: group.load }).find(({ of }) => of === "speed")
    return [term(own?.value ?? 0, "speed", group.class)]
  })
  const slowest = Math.min(...speeds.map(({ value }) => value))
  return [
    ...(speeds.length === 0
      ? []
      : [
          figure("fleetSpeed", [
            step(
              "fleetSpeed",
              slowest,
              formula`min ( ${speeds.flatMap((it, index) => (index === 0 ? [it] : ([",", it] as const)))} )`
            )
          ])
        ]),
    ...(fleet.distance === undefined || fleet.speed <= 0 ? [] : [turnsFigure(ruleset, fleet.distance, fleet.speed)])
  ]
}

const shotOf = (
  ruleset: Ruleset,
  report: Report,
  { battle, attacker, target }: Extract<Subject, { _tag: "shot" }>
): ReadonlyArray<Figure> => {
  // A summed line has the highest technologies of its groups and their average load: no ship of it need be like that.
  if (battle.summed !== undefined) return []
  const gun = designOf(report, attacker.race, attacker.class)
  const hull = designOf(report, target.race, target.class)
  if (gun === undefined || hull === undefined) return []
  return oddsFigures(
    ruleset,
    { design: gun, techs: attacker, load: attacker.load },
    { design: hull, techs: target, load: target.load }
  )
}

const matchOf = (
  ruleset: Ruleset,
  report: Report,
  { design, foe, mine }: Extract<Subject, { _tag: "match" }>
): ReadonlyArray<Figure> => {
  const own = techsOf(report, report.race)
  const techs = techsOf(report, foe.race)
  if (own === undefined || techs === undefined) return []
  const [one, other] = [
    { design, techs: own, load: 0 },
    { design: foe, techs, load: 0 }
  ]
  return mine ? oddsFigures(ruleset, one, other) : oddsFigures(ruleset, other, one)
}

/** All figures of a subject; none where the report knows too little of it. */
export const explain = (ruleset: Ruleset, report: Report, subject: Subject): ReadonlyArray<Figure> => {
  switch (subject._tag) {
    case "planet":
      return planetOf(ruleset, report, subject.number)
    case "group":
      return groupOf(ruleset, report, subject.number)
    case "foreignGroup": {
      const group = report.foreign_groups[subject.index]
      const design = group === undefined ? undefined : designOf(report, group.race, group.class)
      if (group === undefined || design === undefined) return []
      return shipFigures(ruleset, { design, techs: group, load: group.load }, { ships: group.ships })
    }
    case "fleet":
      return fleetOf(ruleset, report, subject.name)
    case "approaching": {
      const group = report.approaching_groups[subject.index]
      return group === undefined || group.speed <= 0 ? [] : [turnsFigure(ruleset, group.distance, group.speed)]
    }
    case "class": {
      const design = designOf(report, subject.race, subject.name)
      const techs = techsOf(report, subject.race)
      return design === undefined || techs === undefined ? [] : designFigures(ruleset, design, techs)
    }
    case "design": {
      const techs = techsOf(report, report.race)
      return techs === undefined ? [] : designFigures(ruleset, subject.design, techs)
    }
    case "race":
      return raceFigures(ruleset, report, subject.name)
    case "bombing": {
      const bombing = report.bombings[subject.index]
      return bombing === undefined ? [] : bombingFigures(ruleset, bombing)
    }
    case "match":
      return matchOf(ruleset, report, subject)
    case "shot":
      return shotOf(ruleset, report, subject)
  }
}
