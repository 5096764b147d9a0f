/**
 * The reports of one game: from the page's memory, else from the device, else from the server. A report never changes,
 * so what is kept is as good as what the server would answer.
 */
import type { ClientError } from "@galaxy/client/ClientError"
import type { Report } from "@galaxy/contract/engine/Report"
import { Result } from "effect"
import { make as makeStore, type Readable } from "../Store.ts"
import type { Player } from "../session/Session.ts"
import type { ReportCache } from "./ports.ts"

/** `error` is why the report isn't there; neither of both means that it is on its way. */
export interface ReportEntry {
  readonly report?: Report
  readonly error?: ClientError
}

export interface Reports {
  /** What was asked for so far, by turn. */
  readonly state: Readable<ReadonlyMap<number, ReportEntry>>
  /** Asks for a report, once; after a failure, once more. */
  readonly want: (turn: number) => Promise<Report | undefined>
  /** A report that the page doesn't hold afterwards: from the device, else from the server. */
  readonly read: (turn: number) => Promise<Result.Result<Report, ClientError>>
  /** The turns that the device has, ascending. */
  readonly kept: () => Promise<ReadonlyArray<number>>
}

/** Most reports that a page holds. */
const most = 12

export const make = (options: {
  readonly gameId: string
  readonly call: Player["call"]
  readonly cache: ReportCache
}): Reports => {
  const { gameId, call, cache } = options
  const state = makeStore<ReadonlyMap<number, ReportEntry>>(new Map())
  const running = new Map<number, Promise<Report | undefined>>()

  const put = (turn: number, entry: ReportEntry) =>
    state.update((before) => {
      const others = [...before].filter(([it]) => it !== turn)
      return new Map([...others.slice(Math.max(0, others.length - most + 1)), [turn, entry]])
    })

  const obtain = async (turn: number): Promise<Result.Result<Report, ClientError>> => {
    const kept = await cache.load(gameId, turn).catch(() => undefined)
    if (kept !== undefined) return Result.succeed(kept)
    const answer = await call("user.games.report", { game_id: gameId, turn })
    // A device that is full or keeps nothing asks the server again the next time.
    if (Result.isSuccess(answer)) void cache.save(gameId, turn, answer.success).catch(() => undefined)
    return answer
  }

  const fetch = async (turn: number): Promise<Report | undefined> => {
    put(turn, {})
    const answer = await obtain(turn)
    put(turn, Result.isSuccess(answer) ? { report: answer.success } : { error: answer.failure })
    return Result.isSuccess(answer) ? answer.success : undefined
  }

  return {
    state,
    read: async (turn) => {
      const known = state.get().get(turn)?.report
      return known === undefined ? obtain(turn) : Result.succeed(known)
    },
    kept: async () => {
      const held = [...state.get()].flatMap(([turn, { report }]) => (report === undefined ? [] : [turn]))
      const turns = await cache.turns(gameId).catch(() => [])
      return [...new Set([...held, ...turns])].toSorted((one, other) => one - other)
    },
    want: (turn) => {
      const known = state.get().get(turn)?.report
      if (known !== undefined) return Promise.resolve(known)
      const asked = running.get(turn) ?? fetch(turn).finally(() => running.delete(turn))
      running.set(turn, asked)
      return asked
    }
  }
}
