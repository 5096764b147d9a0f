/** Phase 5: what was launched enters space, and everything in space moves one turn (rules, section 14). */
import { fullMass, speedOf } from "../formulas/ships.ts"
import type { Draft, DraftGroup, DraftRace } from "../state/Draft.ts"
import type { Phase } from "../turn/Phase.ts"

const speedOfGroup = (draft: Pick<Draft, "ruleset">, { design, techs, load }: DraftGroup): number =>
  speedOf(draft.ruleset, design, techs, fullMass(design.mass, load, techs))

const none: ReadonlyMap<string, number> = new Map()

/** A fleet is as fast as its slowest member. */
const fleetSpeeds = (draft: Draft, race: DraftRace): ReadonlyMap<string, number> => {
  let speeds: Map<string, number> | undefined
  for (const group of race.groups.values()) {
    if (group.fleet === null) continue
    speeds ??= new Map()
    speeds.set(group.fleet, Math.min(speeds.get(group.fleet) ?? Number.POSITIVE_INFINITY, speedOfGroup(draft, group)))
  }
  return speeds ?? none
}

const move = (draft: Draft, group: DraftGroup, speed: number): void => {
  group.state = "in_space"
  group.distance -= speed
  if (group.distance > draft.ruleset.arrivalTolerance) return
  group.state = "in_orbit"
  group.at = group.to ?? group.at
  group.to = null
  group.distance = 0
}

/**
 * Moves every group with a destination by its speed, or by its fleet's. It has arrived when no more than the ruleset's
 * `arrivalTolerance` is left.
 */
export const flight: Phase = {
  name: "flight",
  run: ({ draft }) => {
    for (const race of draft.races) {
      const fleets = fleetSpeeds(draft, race)
      for (const group of race.groups.values()) {
        if (group.to === null) continue
        move(draft, group, (group.fleet === null ? undefined : fleets.get(group.fleet)) ?? speedOfGroup(draft, group))
      }
    }
  }
}
