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
const machineMemory = (): number => {
  const constrained = process.constrainedMemory()
  const bytes = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
  return Math.floor(bytes / 1_048_576)
}

/** Used where a host sets nothing else. One engine gets at most half of the machine's memory. */
export const defaultHeap: EngineHeap = { base: 256, perPlayer: 8, most: Math.max(64, Math.floor(machineMemory() / 2)) }

/** The heap for a game of so many players, in MiB. */
export const heapFor = (heap: EngineHeap, players: number): number =>
  Math.min(heap.most, heap.base + heap.perPlayer * players)
