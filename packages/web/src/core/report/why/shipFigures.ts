/** All figures of a ship, a group or a design together. */
import { holdOf } from "@galaxy/engine/formulas/ships"
import type { Ruleset } from "@galaxy/engine/rules/Ruleset"
import { turnsFor } from "../turnsFor.ts"
import { type Figure, figure, formula, step, term } from "./formula.ts"
import {
  attackFigure,
  bombingFigure,
  defenceFigure,
  type Design,
  holdFigure,
  massOf,
  priceFigure,
  type Ship,
  speedFigure,
  type Techs,
  upgradeFigure
} from "./ship.ts"

/** What has to be flown of a distance: where a ruleset lets ships arrive that are nearly there, less than all of it. */
const wayOf = ({ arrivalTolerance }: Ruleset, distance: number) => {
  const all = term(distance, "distance")
  return arrivalTolerance < 0.001 ? [all] : formula`( ${all} − ${arrivalTolerance} )`
}

/** Turns that a flight of so many light years takes, at a speed above 0. */
export const turnsFigure = (ruleset: Ruleset, distance: number, speed: number): Figure =>
  figure("turns", [
    step(
      "turns",
      turnsFor(ruleset, distance, speed) ?? Number.POSITIVE_INFINITY,
      formula`⌈ ${wayOf(ruleset, distance)} ÷ ${term(speed, "speed")} ⌉`
    )
  ])

/** All figures of a ship, or of a group of them. `raceTechs` are what its blocks could be raised to. */
export const shipFigures = (
  ruleset: Ruleset,
  ship: Ship,
  more: {
    readonly ships?: number
    readonly raceTechs?: Techs
    readonly distance?: number
    readonly fleetSpeed?: number
  } = {}
): ReadonlyArray<Figure> => {
  const { design } = ship
  const speed = speedFigure(ruleset, ship)
  const flying = more.fleetSpeed ?? speed.value
  const upgrade = more.raceTechs === undefined ? undefined : upgradeFigure(ruleset, ship, more.raceTechs)
  return [
    [massOf(ship)],
    design.drive > 0 ? [more.fleetSpeed === undefined ? speed : { ...speed, notes: ["fleet" as const] }] : [],
    more.distance !== undefined && flying > 0 ? [turnsFigure(ruleset, more.distance, flying)] : [],
    design.cargo > 0 ? [holdFigure(ruleset, ship)] : [],
    design.armament > 0 ? [attackFigure(ship)] : [],
    [defenceFigure(ruleset, ship)],
    design.armament > 0 ? [bombingFigure(ship, more.ships ?? 1)] : [],
    [priceFigure(ruleset, design)],
    upgrade === undefined ? [] : [upgrade]
  ].flat()
}

/** The figures of a design: as `shipFigures`, and its speed with a full hold. */
export const designFigures = (ruleset: Ruleset, design: Design, techs: Techs): ReadonlyArray<Figure> => {
  const ship: Ship = { design, techs, load: 0 }
  const figures = shipFigures(ruleset, ship)
  if (design.cargo === 0 || design.drive === 0) return figures
  const full: Ship = { ...ship, load: holdOf(ruleset, design, techs) }
  const loaded = speedFigure(ruleset, full, "speedFull")
  return [...figures, { ...loaded, steps: [...massOf(full).steps, ...loaded.steps] }]
}
