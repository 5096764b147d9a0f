/** The list of one's games as this device had it last: without a network it still leads to reports and drafts. */
import { GameList } from "@galaxy/contract/api/UserLobby"
import { Result, Schema } from "effect"
import type { Game } from "./Game.ts"

/** Where a browser keeps it; every failure means that nothing is kept. */
export interface GamesPlace {
  readonly load: () => Promise<unknown>
  readonly save: (kept: unknown) => Promise<void>
  /** Unix milliseconds by this machine's clock. */
  readonly now: () => number
}

/** Games, and when the server listed them: Unix milliseconds by this machine's clock. */
export interface Kept {
  readonly games: ReadonlyArray<Game>
  readonly at: number
}

/** Times are classes, which a browser's storage doesn't keep: what is stored is the JSON of the answer. */
const Stored = Schema.Struct({ at: Schema.Number, list: GameList })

/** What is kept; undefined where there is nothing, or something of another version. */
export const load = async (place: GamesPlace): Promise<Kept | undefined> => {
  const kept = Schema.decodeUnknownResult(Stored)(await place.load().catch(() => undefined))
  return Result.isSuccess(kept) ? { games: kept.success.list.games, at: kept.success.at } : undefined
}

/** Keeps the games; one that can't be kept costs nothing but the list without a network. */
export const save = async (place: GamesPlace, games: ReadonlyArray<Game>): Promise<void> => {
  const kept: unknown = JSON.parse(JSON.stringify({ at: place.now(), list: { games } }))
  await place.save(kept).catch(() => undefined)
}
