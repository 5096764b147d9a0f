/** Order H: mixes of research. */
import type { Order } from "@galaxy/contract/engine/Order"
import { Result } from "effect"
import { maxSciencePart, maxSciences } from "../rules/limits.ts"
import { type Draft, type DraftRace, planetsOf } from "../state/Draft.ts"
import type { Levels } from "../state/Galaxy.ts"
import { technologies } from "../state/technologies.ts"
import { keyOf } from "./keyOf.ts"
import { unmistakable } from "./lookAlikes.ts"
import { acceptName } from "./names.ts"
import { done, type OrderResult, type OrderRefusal, refuse } from "./Refusal.ts"
import { ownScience } from "./subjects.ts"

/** Shares with a sum of 1, from parts between 0 and `maxSciencePart` that are not all 0. */
export const sharesOf = (
  parts: {
    readonly [Technology in keyof Levels]?: number | undefined
  }
): Result.Result<Levels, OrderRefusal> => {
  const { drive, weapons, shields, cargo } = parts
  if (drive === undefined || weapons === undefined || shields === undefined || cargo === undefined) {
    return refuse("bad_proportions", "a science needs four parts: drive, weapons, shields and cargo")
  }
  const all = [drive, weapons, shields, cargo]
  if (all.some((part) => part < 0 || part > maxSciencePart)) {
    return refuse("bad_proportions", `a part must be from 0 to ${maxSciencePart}`)
  }
  const sum = drive + weapons + shields + cargo
  const shares = { drive: drive / sum, weapons: weapons / sum, shields: shields / sum, cargo: cargo / sum }
  return sum > 0 && technologies.every((it) => Number.isFinite(shares[it]))
    ? Result.succeed(shares)
    : refuse("bad_proportions", "at least one part of a science must be above 0")
}

/** Order H with four parts: adds a science under a free name, at most `maxSciences` for a race. */
export const createScience = (draft: Draft, race: DraftRace, order: Order): OrderResult =>
  Result.flatMap(acceptName(order.name, draft.ruleset.nameLength), (name): OrderResult => {
    if (race.sciences.has(keyOf(name))) return refuse("name_taken", `you already have a science ${name}`)
    if (race.sciences.size >= maxSciences) return refuse("too_many", `a race can have at most ${maxSciences} sciences`)
    const names = Array.from(race.sciences.values(), (it) => it.name)
    return Result.flatMap(unmistakable(draft, name, names), () =>
      Result.map(sharesOf(order), (shares) => {
        race.sciences.set(keyOf(name), { name, ...shares })
      })
    )
  })

/** Order H with a name: deletes a science that no planet works on; otherwise refused with `in_use`. */
export const deleteScience = (draft: Draft, race: DraftRace, order: Order): OrderResult =>
  Result.flatMap(ownScience(race, order.science), (science): OrderResult => {
    const student = planetsOf(draft, race.index).find(
      ({ production }) => production?.kind === "science" && production.science === science
    )
    if (student !== undefined) return refuse("in_use", `planet ${student.number} works on ${science.name}`)
    race.sciences.delete(keyOf(science.name))
    return done
  })
