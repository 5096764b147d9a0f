/** What the player was told, newest first, and how far they have read. */
import type { Answer } from "@galaxy/client/Calls"
import { Result } from "effect"
import * as Pages from "../lobby/Pages.ts"
import type { Caller } from "../lobby/Game.ts"
import { make as makeStore, type Readable } from "../Store.ts"

export type Notice = Answer<"user.notices.list">["notices"][number]

export interface Notices {
  readonly pages: Pages.Pages<Notice>
  /** How many haven't been read, as far as that is known. A newer turn of a game stands for those before it. */
  readonly unread: Readable<number>
  readonly load: () => Promise<void>
  /** All that are shown have been read. Does nothing where they were read before. */
  readonly markRead: () => Promise<void>
}

/** How many of these, newest first, tell something that isn't told by a newer one. */
export const countOf = (notices: ReadonlyArray<Pick<Notice, "kind" | "payload">>): number => {
  const games = new Set<unknown>()
  return notices.filter(({ kind, payload }) => {
    if (kind !== "game.turn.ready") return true
    const game = payload["game_id"]
    const isFirst = !games.has(game)
    games.add(game)
    return isFirst
  }).length
}

/** None read yet. `pageSize` notices are asked for at a time. */
export const make = (me: Caller, pageSize = 50): Notices => {
  const unread = makeStore(0)
  let marked = 0
  const pages = Pages.make(async (cursor) => {
    const answer = await me.call(
      "user.notices.list",
      cursor === undefined ? { limit: pageSize } : { cursor, limit: pageSize }
    )
    return Result.map(answer, ({ notices, next_cursor }) => ({ items: notices, next: next_cursor }))
  })
  const count = () => {
    const items = pages.state.get().items ?? []
    unread.set(countOf(items.filter((notice) => !notice.read && notice.sequence > marked)))
  }
  pages.state.subscribe(count)
  return {
    pages,
    unread,
    load: pages.load,
    markRead: async () => {
      const newest = pages.state.get().items?.[0]
      if (newest === undefined || newest.read || newest.sequence <= marked) return
      const answer = await me.call("user.notices.read", { up_to: newest.sequence })
      if (Result.isFailure(answer)) return
      marked = newest.sequence
      unread.set(answer.success.unread)
    }
  }
}
