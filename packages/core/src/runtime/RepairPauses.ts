/**
 * How soon an engine that keeps failing is brought up again: at once after the first failure, and then after waits that
 * double. Each attempt is a run in an epoch of its own, which may take half a minute of a whole core.
 *
 * Known to this process alone. Another one that takes the game over begins anew, which does no harm.
 */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { DateTime, type Duration } from "effect"
import { retryAt } from "./Attempts.ts"

interface Tried {
  readonly times: number
  /** The end of the last attempt, and when the next one may be made. */
  readonly at: DateTime.Utc
  readonly next: DateTime.Utc
}

/** The attempts at engines of games. */
export class RepairPauses {
  readonly #first: Duration.Input
  readonly #longest: Duration.Input
  readonly #tried = new Map<GameId, Tried>()

  /** The wait after the first attempt, and the longest one. */
  constructor(first: Duration.Input, longest: Duration.Input) {
    this.#first = first
    this.#longest = longest
  }

  /** Whether the engine may be brought up now. A clock that was ahead for a while holds up nobody. */
  may(gameId: GameId, now: DateTime.Utc): boolean {
    const tried = this.#tried.get(gameId)
    return tried === undefined || !DateTime.isLessThan(now, tried.next) || DateTime.isLessThan(now, tried.at)
  }

  /** It was brought up, or that came to nothing. */
  tried(gameId: GameId, now: DateTime.Utc): void {
    const times = (this.#tried.get(gameId)?.times ?? 0) + 1
    const next = retryAt({ firstBackoff: this.#first, longestBackoff: this.#longest }, times, now)
    this.#tried.set(gameId, { times, at: now, next })
  }

  /** It answers. What was is forgotten once it has for longer than the wait before another attempt. */
  answers(gameId: GameId, now: DateTime.Utc): void {
    const tried = this.#tried.get(gameId)
    if (tried === undefined) return
    const wait = DateTime.distance(tried.at, tried.next)
    if (!DateTime.isLessThan(now, DateTime.addDuration(tried.next, wait))) this.#tried.delete(gameId)
  }

  /** Forgets all other games. */
  only(games: ReadonlySet<GameId>): void {
    for (const gameId of this.#tried.keys()) if (!games.has(gameId)) this.#tried.delete(gameId)
  }
}
