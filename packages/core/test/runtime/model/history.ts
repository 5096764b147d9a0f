/** What players have written and been told, in the order of one counter, and whether the turns that were made agree. */
import type { GameId } from "@galaxy/contract/ids/Ids"
import type { ModelGalaxy } from "./modelEngine.ts"

export interface Write {
  /** When its outcome was known, and after that when an engine has taken it late. */
  end: number
  readonly turn: number | undefined
}

/** A list that a player knows to stand, since it was accepted or shown between the two moments. */
export interface Told {
  readonly gameId: GameId
  readonly race: string
  readonly turn: number
  readonly list: string
  readonly start: number
  readonly how: string
}

/** The record of one schedule. */
export const make = () => {
  let moment = 0
  const writes = new Map<string, Write>()
  const told: Array<Told> = []
  return {
    now: (): number => ++moment,
    /** The list is on its way: it may stand from now on. */
    written: (list: string) => void writes.set(list, { end: Number.POSITIVE_INFINITY, turn: undefined }),
    /** Its outcome is known: whatever stands later isn't this list, unless an engine takes it later still. */
    over: (list: string) => void writes.set(list, { end: ++moment, turn: undefined }),
    applied: (list: string) => {
      const write = writes.get(list)
      if (write !== undefined && Number.isFinite(write.end)) write.end = ++moment
    },
    told: (it: Told) => void told.push(it),
    count: (how: string) => told.filter((it) => it.how === how).length,
    /** What is wrong with a turn that was made from the orders of the turn before. */
    wrong: (gameId: GameId, galaxy: ModelGalaxy): ReadonlyArray<string> =>
      told
        .filter((it) => it.gameId === gameId && it.turn === galaxy.turn - 1)
        .flatMap(({ how, list, race, start }) => {
          const made = galaxy.with[race] ?? undefined
          if (made === list) return []
          // Another one may have taken its place only if it wasn't over before.
          const later = made !== undefined && how !== "shown as made" && (writes.get(made)?.end ?? 0) > start
          return later ? [] : [`turn ${galaxy.turn} of ${race} was made with ${made}, but ${list} was ${how}`]
        })
  }
}

export type History = ReturnType<typeof make>
