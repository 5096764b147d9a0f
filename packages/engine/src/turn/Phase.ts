/** What a phase of a turn is given and gives back. A phase reads nothing else, so that a turn can be made again. */
import type { Order } from "@galaxy/contract/engine/Order"
import type { Random } from "../random/Random.ts"
import type { Ruleset } from "../rules/Ruleset.ts"
import type { Galaxy } from "../state/Galaxy.ts"
import type { TurnEvent } from "./TurnEvent.ts"

/** What people decided for a turn. */
export interface Decisions {
  /** By race index; a race without a list gave no orders. */
  readonly orders: ReadonlyMap<number, ReadonlyArray<Order>>
  /** Indices of the races that the game master sent away. */
  readonly banished: ReadonlySet<number>
}

export interface TurnInProgress {
  /** The number of the turn that is being made. */
  readonly turn: number
  /** As the turn began: ships are built with the technologies of then. */
  readonly before: Galaxy
  /** As the phases before this one left it. */
  readonly galaxy: Galaxy
  readonly decisions: Decisions
  readonly ruleset: Ruleset
  /** The phase's own stream. */
  readonly random: Random
}

export interface PhaseResult {
  readonly galaxy: Galaxy
  readonly events: ReadonlyArray<TurnEvent>
}

export interface Phase {
  /** Names the phase's stream of chance too: changing it changes every game. */
  readonly name: string
  run(turn: TurnInProgress): PhaseResult
}
