/** What the hosts of the model run: its own engine, or the real one. */
import type { Effect } from "effect"

/** A call as an engine gets it. */
export interface ModelCall {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly authorization: string | undefined
  readonly body: Uint8Array
}

/** A turn that was made. */
export interface MadeTurn {
  readonly turn: number
  /** Names of the lists that it was made with, by race; null where a race had none. */
  readonly with: Readonly<Record<string, string | null>>
}

/** An engine that runs. */
export interface RunningEngine {
  answer(call: ModelCall): Response | Promise<Response>
  /** Ends it, as a crash does. */
  end(): void
}

/** A kind of engine, with folders of its own. */
export interface Engines<Folder> {
  /** A new folder, with nothing in it. */
  readonly empty: () => Folder
  /** Starts an engine in the folder. `applied` is called with each list of orders that is taken. */
  run(folder: Folder, token: string, applied: (list: string) => void): Effect.Effect<RunningEngine>
  /** The turns of a state, from the first one on; undefined for one that can't be opened. */
  turns(files: ReadonlyMap<string, string>): ReadonlyArray<MadeTurn> | undefined
}

/** An order as players of the model give it: its name is that of the list. */
export interface NamedOrder {
  readonly name?: string
}

/** The name of a list of orders, to which each write appends or which it replaces: that of its last order. */
export const nameOf = (orders: ReadonlyArray<NamedOrder> | undefined): string | undefined => orders?.at(-1)?.name

const numbered = (turn: number) => String(turn).padStart(7, "0")
export const galaxyPath = (turn: number): string => `galaxy/${numbered(turn)}.json`
export const turnPath = (turn: number): string => `turns/${numbered(turn)}.json`
export const ordersPath = (turn: number, race: number): string =>
  `orders/${numbered(turn)}/${String(race).padStart(3, "0")}.json`
