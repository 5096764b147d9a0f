/**
 * What a phase of a turn is given. A phase reads nothing else and changes only the draft, so that a turn can be
 * repeated.
 */
import type { Order } from "@galaxy/contract/engine/Order"
import type { Random } from "../random/Random.ts"
import type { Draft } from "../state/Draft.ts"
import type { Levels } from "../state/Galaxy.ts"

/** What people decided for a turn. */
export interface Decisions {
  /** By the index of the race in `Galaxy.races`; a race without a list gave no orders. */
  readonly orders: ReadonlyMap<number, ReadonlyArray<Order>>
  /** Indices of the races that the game master sent away. */
  readonly banished: ReadonlySet<number>
}

/** The input of a phase, of which it changes `draft` alone. */
export interface TurnInProgress {
  readonly draft: Draft
  /** Technologies of the races as the turn began: ships are built with these. */
  readonly techsBefore: ReadonlyArray<Levels>
  readonly decisions: Decisions
  /** A stream that no other phase or turn draws from. */
  readonly random: Random
}

/** One step of a turn; `phases.ts` holds them in sequence. */
export interface Phase {
  /** Names the phase's random stream too: changing it changes every game. */
  readonly name: string
  run(turn: TurnInProgress): void
}
