/** What a phase of a turn is given. It changes the draft and reads nothing else, so that a turn can be made again. */
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

export interface TurnInProgress {
  readonly draft: Draft
  /** Technologies of the races as the turn began: ships are built with these. */
  readonly techsBefore: ReadonlyArray<Levels>
  readonly decisions: Decisions
  /** The phase's own stream. */
  readonly random: Random
}

export interface Phase {
  /** Names the phase's stream of chance too: changing it changes every game. */
  readonly name: string
  run(turn: TurnInProgress): void
}
