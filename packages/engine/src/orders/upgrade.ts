/** Order X: ships at an own planet are upgraded, for production points of that planet. */
import type { Order } from "@galaxy/contract/engine/Order"
import { Result } from "effect"
import { freePoints } from "../formulas/production.ts"
import { blockMass, partial, payable, shipCost } from "../formulas/upgrade.ts"
import { toHundredths } from "../report/rounding.ts"
import { maxGroups } from "../rules/limits.ts"
import { type Draft, type DraftGroup, type DraftRace, explain } from "../state/Draft.ts"
import type { Levels } from "../state/Galaxy.ts"
import { technologies, type Technology } from "../state/technologies.ts"
import { splitOff } from "../state/groups.ts"
import { isFree } from "./cargo.ts"
import { chosen } from "./groups.ts"
import { done, type OrderResult, type OrderRefusal, refuse } from "./Refusal.ts"
import { placeOf } from "./subjects.ts"

/** The blocks of a ship that an order names. */
const blocksOf = (
  group: DraftGroup,
  named: string | undefined
): Result.Result<ReadonlyArray<Technology>, OrderRefusal> => {
  const name = (named ?? "ALL").toUpperCase()
  const has = (block: Technology): boolean => blockMass(group.design, block) > 0
  if (name === "ALL") return Result.succeed(technologies.filter(has))
  const block = technologies.find((it) => it.toUpperCase() === name)
  if (block === undefined) return refuse("unknown_block", `${named ?? ""} is not a block of a ship`)
  return has(block) ? Result.succeed([block]) : refuse("unknown_block", `${group.design.name} has no ${block}`)
}

/** The levels of a ship after an upgrade, as they are stored. */
const reached = (from: Levels, to: Levels): Levels => {
  const level = (block: Technology): number => (to[block] > from[block] ? toHundredths(to[block]) : from[block])
  return { drive: level("drive"), weapons: level("weapons"), shields: level("shields"), cargo: level("cargo") }
}

const isHigher = (from: Levels, to: Levels): boolean => technologies.some((block) => to[block] > from[block])

/**
 * Order X: raises blocks to the race's level, or to a lower one that is named. As many ships as the planet's free
 * points pay for are raised in full; if not even one, one ship is raised part of the way (rules, section 13).
 */
export const upgrade = (draft: Draft, race: DraftRace, order: Order): OrderResult =>
  Result.flatMap(chosen(race, order), ({ group, ships }) => {
    const free = isFree(group)
    if (Result.isFailure(free)) return free
    return Result.flatMap(placeOf(draft, group), (planet) => {
      if (planet.owner !== race.index)
        return refuse("not_in_orbit", `group ${group.number} is not at one of your planets`)
      return Result.flatMap(blocksOf(group, order.block), (blocks): OrderResult => {
        const { ruleset } = draft
        const levels: { -readonly [Block in Technology]: number } = { ...group.techs }
        for (const block of blocks) {
          const level = Math.min(race.techs[block], order.level ?? race.techs[block])
          // A rise that rounding would undo isn't paid for.
          if (toHundredths(level) > group.techs[block]) levels[block] = level
        }
        if (!isHigher(group.techs, levels)) {
          return refuse("nothing_to_upgrade", `group ${group.number} already has the levels it would get`)
        }
        const points = freePoints(ruleset, planet, planet.spent)
        const cost = shipCost(ruleset, group.design, group.techs, levels)
        const whole = Math.min(ships, payable(ruleset, cost, points))
        const aim = whole > 0 ? levels : partial(ruleset, group.design, group.techs, levels, points)
        const techs = reached(group.techs, aim)
        if (points <= ruleset.epsilon || !isHigher(group.techs, techs)) {
          return refuse("no_points", `planet ${planet.number} doesn't have enough free production points`)
        }
        const raisedShips = Math.max(1, whole)
        if (raisedShips < group.ships && race.groups.size >= maxGroups) {
          return refuse("too_many", `a race can have at most ${maxGroups} groups`)
        }
        planet.spent += whole > 0 ? Math.min(points, whole * cost) : points
        const raised = splitOff(draft, race, group, raisedShips)
        for (const block of blocks) {
          explain(draft, race.index, "group", raised.number, block, raised.techs[block], techs[block], "upgrade")
        }
        raised.techs = techs
        if (ruleset.upgradingBinds) raised.state = "upgrading"
        return done
      })
    })
  })
