/** What players have written and been told, in the order of one counter, and whether the turns that were made agree. */
import type { GameId } from "@galaxy/contract/ids/Ids"
import type { MadeTurn } from "./engines.ts"

interface Write {
  readonly gameId: GameId
  readonly start: number
  /** When its outcome was known, and after that when an engine has taken it late. */
  end: number
  /** It came after the copy that was restored, and was over before that: it has happened for nobody. */
  undone: boolean
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
  let restoredAt = 0
  const writes = new Map<string, Write>()
  let told: Array<Told & { readonly end: number }> = []
  const counts = new Map<string, number>()
  return {
    now: (): number => ++moment,
    /** The list is on its way: it may stand from now on. */
    written: (gameId: GameId, list: string) =>
      void writes.set(list, { gameId, start: ++moment, end: Number.POSITIVE_INFINITY, undone: false }),
    /** Its outcome is known: whatever stands later isn't this list, unless an engine takes it later still. */
    over: (list: string) => {
      const write = writes.get(list)
      if (write !== undefined) write.end = ++moment
    },
    applied: (list: string) => {
      const write = writes.get(list)
      if (write !== undefined && Number.isFinite(write.end)) write.end = ++moment
    },
    told: (it: Told) => {
      counts.set(it.how, (counts.get(it.how) ?? 0) + 1)
      // What was under way when the database was restored may have been stored before or after.
      if (it.start > restoredAt) told.push({ ...it, end: ++moment })
    },
    /** All that players were told after the copy was made has not happened. */
    restored: (copiedAt: number) => {
      restoredAt = ++moment
      told = told.filter((it) => it.end < copiedAt)
      for (const write of writes.values()) {
        if (write.start > copiedAt && Number.isFinite(write.end)) write.undone = true
      }
    },
    count: (how: string) => counts.get(how) ?? 0,
    /** What is wrong with a turn that was made from the orders of the turn before. */
    wrong: (gameId: GameId, galaxy: MadeTurn): ReadonlyArray<string> => {
      const made = Object.entries(galaxy.with).flatMap(([race, list]) => {
        const write = list === null ? undefined : writes.get(list)
        if (list === null || (write?.gameId === gameId && !write.undone)) return []
        const why = write?.undone === true ? "of before the database was restored" : "which nobody has given there"
        return [`turn ${galaxy.turn} of ${race} was made with ${list}, ${why}`]
      })
      const lost = told
        .filter((it) => it.gameId === gameId && it.turn === galaxy.turn - 1)
        .flatMap(({ how, list, race, start }) => {
          const made = galaxy.with[race] ?? undefined
          if (made === list) return []
          // Another one may have taken its place only if it wasn't over before.
          const later = made !== undefined && how !== "shown as made" && (writes.get(made)?.end ?? 0) > start
          return later ? [] : [`turn ${galaxy.turn} of ${race} was made with ${made}, but ${list} was ${how}`]
        })
      return [...made, ...lost]
    }
  }
}

export type History = ReturnType<typeof make>
