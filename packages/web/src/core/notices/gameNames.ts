/** What games are called, for events that carry their ids alone. */
import { Result } from "effect"
import type { Caller } from "../lobby/Game.ts"
import { make as makeStore, type Readable } from "../Store.ts"

export interface GameNames {
  readonly known: Readable<ReadonlyMap<string, string>>
  /** Reads the names of the player's newest games. */
  readonly load: () => Promise<void>
  /** The name of one game; it is asked for once. Undefined where it can't be seen. */
  readonly of: (gameId: string) => Promise<string | undefined>
}

/** Knows no game yet. */
export const gameNames = (me: Caller): GameNames => {
  const known = makeStore<ReadonlyMap<string, string>>(new Map())
  const keep = (games: ReadonlyArray<{ readonly game_id: string; readonly game_name: string }>) =>
    known.update((before) => new Map([...before, ...games.map((game) => [game.game_id, game.game_name] as const)]))
  return {
    known,
    load: async () => {
      const answer = await me.call("lobby.my.games", { limit: 200 })
      if (Result.isSuccess(answer)) keep(answer.success.games)
    },
    of: async (gameId) => {
      const before = known.get().get(gameId)
      if (before !== undefined) return before
      const answer = await me.call("lobby.games.get", { game_id: gameId })
      if (Result.isFailure(answer)) return undefined
      keep([answer.success])
      return answer.success.game_name
    }
  }
}
