/** A ship that is being designed: its numbers by the engine's own formulas, and its chances against what was seen. */
import type { Order } from "@galaxy/contract/engine/Order"
import type { PlayerStatus, Report } from "@galaxy/contract/engine/Report"
import { attackOf, bombingPower, defenceOf, emptyMass, fullMass, holdOf, speedOf } from "@galaxy/engine/formulas/ships"
import { killChance } from "@galaxy/engine/formulas/shot"
import { build } from "@galaxy/engine/formulas/yard"
import type { Ruleset } from "@galaxy/engine/rules/Ruleset"
import type { SeenClass } from "../report/digest.ts"

export const blocks = ["drive", "armament", "weapons", "shields", "cargo"] as const
export type Block = (typeof blocks)[number]
/** The five numbers of a design. */
export type Design = Readonly<Record<Block, number>>

export const noDesign: Design = { drive: 0, armament: 0, weapons: 0, shields: 0, cargo: 0 }

/** What a ship of this design would be, built now. `load` fills its hold. */
export interface Figures {
  readonly mass: number
  readonly speed: number
  readonly loaded: number
  readonly attack: number
  readonly defence: number
  readonly hold: number
  readonly bombing: number
  readonly price: number
}

type Techs = Pick<PlayerStatus, "drive" | "weapons" | "shields" | "cargo">

export const figuresOf = (ruleset: Ruleset, techs: Techs, design: Design): Figures => {
  const mass = emptyMass(design)
  const hold = holdOf(ruleset, design, techs)
  const full = fullMass(mass, hold, techs)
  const moving = mass > 0
  return {
    mass,
    speed: moving ? speedOf(ruleset, design, techs, mass) : 0,
    loaded: moving ? speedOf(ruleset, design, techs, full) : 0,
    attack: attackOf(design, techs),
    defence: moving ? defenceOf(ruleset, design, techs, mass) : 0,
    hold,
    bombing: bombingPower(design, techs),
    price: ruleset.pointsPerMass * mass
  }
}

/** How soon a planet builds one: ships in a turn, or turns for a ship; neither where it lacks ore for ever. */
export interface YardOutcome {
  readonly planet: number
  readonly perTurn: number
  readonly turns: number | undefined
}

const mostTurns = 999

/** All own planets, those that build it fastest first. Points that are banked for another class don't help. */
export const yardsFor = (ruleset: Ruleset, report: Report, design: Design): ReadonlyArray<YardOutcome> => {
  const mass = emptyMass(design)
  if (mass <= 0) return []
  return report.my_planets
    .map(({ number, free_points: points, resources, materials }): YardOutcome => {
      const { ships } = build(ruleset, mass, resources, materials, points)
      if (ships > 0) return { planet: number, perTurn: ships, turns: 1 }
      if (points <= 0) return { planet: number, perTurn: 0, turns: undefined }
      const missing = Math.max(0, mass - materials)
      if (missing > 0 && resources <= 0) return { planet: number, perTurn: 0, turns: undefined }
      const cost = ruleset.pointsPerMass * mass + (missing > 0 ? missing / resources : 0)
      const turns = Math.ceil(cost / points)
      return { planet: number, perTurn: 0, turns: turns > mostTurns ? undefined : turns }
    })
    .toSorted(
      (one, other) =>
        other.perTurn - one.perTurn ||
        (one.turns ?? Number.MAX_SAFE_INTEGER) - (other.turns ?? Number.MAX_SAFE_INTEGER) ||
        one.planet - other.planet
    )
}

/** Chances of one shot, each way, from 0 to 1. */
export interface Match {
  readonly foe: SeenClass
  readonly hits: number
  readonly hurts: number
  /**
   * About how many ships of the design are a match for one of it, by the square law of shooting fleets; undefined where one
   * side can't hurt the other. The simulator knows better.
   */
  readonly even: number | undefined
}

const evenOf = (design: Design, foe: SeenClass, hits: number, hurts: number): number | undefined => {
  const [mine, theirs] = [design.armament * hits, foe.armament * hurts]
  return mine > 0 && theirs > 0 ? Math.sqrt(theirs / mine) : undefined
}

/** The design against each of these classes, with the technologies that its race has now. */
export const matchesOf = (
  ruleset: Ruleset,
  report: Report,
  design: Design,
  classes: ReadonlyArray<SeenClass>
): ReadonlyArray<Match> => {
  const me = report.players.find(({ name }) => name === report.race)
  const mass = emptyMass(design)
  if (me === undefined || mass <= 0) return []
  const attack = attackOf(design, me)
  const defence = defenceOf(ruleset, design, me, mass)
  return classes
    .filter(({ armament, shields }) => armament > 0 || shields > 0)
    .flatMap((foe) => {
      const techs = report.players.find(({ name }) => name === foe.race)
      if (techs === undefined) return []
      const hits = killChance(ruleset, attack, defenceOf(ruleset, foe, techs, foe.mass))
      const hurts = killChance(ruleset, attackOf(foe, techs), defence)
      return [{ foe, hits, hurts, even: evenOf(design, foe, hits, hurts) }]
    })
    .toSorted((one, other) => other.hurts - one.hurts)
}

export const designOrder = (name: string, design: Design): Order => ({
  op: "design_class",
  name: name.trim(),
  ...design
})
