/**
 * The turns of a game that have passed, as far as charts need them. Reports of the device's own cache are read by
 * themselves; others are asked for one after another, and only when somebody wants them.
 */
import type { ClientError } from "@galaxy/client/ClientError"
import { Result } from "effect"
import { type Digest, digestOf } from "../report/digest.ts"
import { make as makeStore, type Readable } from "../Store.ts"
import type { Reports } from "./Reports.ts"
import type { Timer } from "./Timer.ts"

export interface ArchiveState {
  readonly digests: ReadonlyMap<number, Digest>
  /** How many turns are still to be fetched; 0 when nothing is under way. */
  readonly left: number
  /** Why it has stopped before its end. */
  readonly error?: ClientError
}

export interface Archive {
  readonly state: Readable<ArchiveState>
  /** Reads what the device has, and adds the turns up to `newest` that are known already. */
  readonly open: (newest: number) => Promise<void>
  /** Asks the server for the turns up to `newest` that are missing, newest first, at most `most` of them. */
  readonly fill: (newest: number, most?: number) => Promise<void>
  /** Stops what is under way. */
  readonly end: () => void
}

/** Most turns that are asked for at once: a game of years is filled in several goes. */
export const mostAtOnce = 100
const mostWaitMs = 30_000

export const make = (options: { readonly reports: Reports; readonly timer: Timer }): Archive => {
  const { reports, timer } = options
  const state = makeStore<ArchiveState>({ digests: new Map(), left: 0 })
  let run = 0

  const put = (digest: Digest, left: number) =>
    state.update(({ digests }) => ({ digests: new Map([...digests, [digest.turn, digest]]), left }))

  const wait = (ms: number) => new Promise<void>((resolve) => void timer.after(ms, resolve))

  /** Reads these turns until another run begins. */
  const read = async (turns: ReadonlyArray<number>): Promise<void> => {
    const mine = ++run
    state.update(({ digests }) => ({ digests, left: turns.length }))
    for (const [index, turn] of turns.entries()) {
      let answer = await reports.read(turn)
      if (Result.isFailure(answer) && "retryAfterMs" in answer.failure) {
        // The server asks for patience: once a turn is enough.
        await wait(Math.min(mostWaitMs, answer.failure.retryAfterMs ?? 1_000))
        if (run !== mine) return
        answer = await reports.read(turn)
      }
      if (run !== mine) return
      if (Result.isFailure(answer)) {
        const error = answer.failure
        return state.update(({ digests }) => ({ digests, left: 0, error }))
      }
      put(digestOf(answer.success), turns.length - index - 1)
    }
  }

  const missing = (turns: ReadonlyArray<number>) => turns.filter((turn) => !state.get().digests.has(turn))

  return {
    state,
    open: async (newest) => {
      const kept = await reports.kept()
      await read(missing(kept.filter((turn) => turn <= newest)).toSorted((one, other) => other - one))
    },
    fill: (newest, most = mostAtOnce) =>
      read(missing(Array.from({ length: newest + 1 }, (_, index) => newest - index)).slice(0, most)),
    end: () => {
      run++
      state.update(({ digests }) => ({ digests, left: 0 }))
    }
  }
}
