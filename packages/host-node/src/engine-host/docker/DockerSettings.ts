/** What an operator decides about engines on Docker. */
import type { Duration, Effect } from "effect"
import type { DockerEndpoint } from "./DockerEndpoint.ts"
import type { Owner, OwnerUnknown } from "./labels.ts"

/**
 * How the backend reaches engines of a host.
 *
 * - `bridge`: by address on an internal network of the host that the backend itself runs on.
 * - `name`: by name on an internal network that the backend's own container is on, too.
 * - `published`: by a port that the host publishes on an address of its own.
 */
export type Reach = { readonly by: "bridge" | "name" } | { readonly by: "published"; readonly address: string }

/** One Docker daemon that engines run on. */
export interface DockerHostSettings {
  /** Its id in the database: the same for all backends, for as long as games are there. */
  readonly name: string
  readonly endpoint: DockerEndpoint
  readonly reach: Reach
  /** The network of its engines. Made if there is none, except where the backend has to be on it. */
  readonly network: string
  /** Put on each container, for tools of the operator's own. */
  readonly labels: Readonly<Record<string, string>>
  /** Engines that it has room for. */
  readonly most: number
}

/** What one engine may use. */
export interface EngineLimits {
  /** MiB, with all that the program needs beside the game. */
  readonly memory: number
  /** Added for each player of the game. MiB. */
  readonly memoryPerPlayer: number
  readonly cpus: number
  /** Processes and threads. */
  readonly pids: number
}

/** 256 MiB and 1 MiB for each player, one processor, 64 threads. */
export const defaultLimits: EngineLimits = { memory: 256, memoryPerPlayer: 1, cpus: 1, pids: 64 }

/** Memory of an engine with so many players. MiB. */
export const memoryFor = ({ memory, memoryPerPlayer }: EngineLimits, players: number): number =>
  memory + memoryPerPlayer * players

/** What engines of all hosts have in common. */
export interface DockerHostOptions {
  /** Whose engines they are. Fails with a sentence where that isn't known now. */
  readonly owner: Effect.Effect<Owner, OwnerUnknown>
  readonly limits: EngineLimits
  /** Images that a host doesn't have are pulled. */
  readonly mayPull: boolean
  /** Engines that are started at once on one host. */
  readonly startsAtOnce: number
  /** Longest time of a start until the engine listens. */
  readonly startTimeout: Duration.Input
  /** Seconds in which an engine that is to end may do so by itself. */
  readonly graceSeconds: number
}
