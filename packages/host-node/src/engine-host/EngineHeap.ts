/**
 * How much heap an engine may have. It follows the number of players, and the number of players sets the number of
 * planets.
 */
import { totalmem } from "node:os"

/** Sizes in MiB. */
export interface EngineHeap {
  /** For an engine with its smallest game. */
  readonly base: number
  /** Added for each player. */
  readonly perPlayer: number
  /** Largest heap of one engine, whatever its game. */
  readonly most: number
}

/** Memory of the machine, or what its container may use of it, in MiB. */
export const machineMemory = (): number => {
  const constrained = process.constrainedMemory()
  const bytes = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
  return Math.floor(bytes / 1_048_576)
}

/** Half of the machine's memory, so that the platform beside the largest game has room. */
export const mostByDefault = (): number => Math.max(64, Math.floor(machineMemory() / 2))

/** The heap for a game of so many players, in MiB. */
export const heapFor = (heap: EngineHeap, players: number): number =>
  Math.min(heap.most, heap.base + heap.perPlayer * players)
