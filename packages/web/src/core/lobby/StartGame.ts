/**
 * Brings a game from wherever it stands to being played: makes it if it is yet to be made, opens it, closes the list of
 * players and starts it.
 *
 * Each step is decided by the state that the server answers with, so a run that broke off goes on from where the game
 * is, also after the page was closed: the request to make it has a key, and a repeat gets the same game.
 */
import type { Requests } from "@galaxy/client/Calls"
import type { ClientError } from "@galaxy/client/ClientError"
import { Result } from "effect"
import { sleep, type Sleep } from "../sleep.ts"
import { make as makeStore, type Readable } from "../Store.ts"
import type { Caller, Game } from "./Game.ts"

/** What is being done, in the order in which it is done. */
export const steps = ["create", "open", "ready", "start", "build"] as const
export type StartStep = (typeof steps)[number]

export type StartState =
  | { readonly _tag: "idle" }
  | { readonly _tag: "working"; readonly step: StartStep }
  /** The server made no game of it. `reason` is in its words. */
  | { readonly _tag: "startFailed"; readonly game: Game; readonly reason: string | undefined }
  /** It still is being started, longer than one waits. */
  | { readonly _tag: "slow"; readonly game: Game }
  | { readonly _tag: "failed"; readonly step: StartStep; readonly error: ClientError }
  | { readonly _tag: "running"; readonly game: Game }

export interface StartGame {
  readonly state: Readable<StartState>
  /** The game that it is about; undefined until it has been made. */
  readonly gameId: () => string | undefined
  /** Goes as far as it can. Called again after a failure it goes on; while it works, it does nothing. */
  readonly run: () => Promise<void>
  /** An event says that something happened to the game: looks at once. */
  readonly look: () => void
  readonly stop: () => void
}

/** A game that is there, or the request for a new one, which must have an `idempotency_key`. */
export type Wanted = { readonly gameId: string } | { readonly request: Requests["lobby.games.create"] }

export interface Options {
  readonly me: Caller
  readonly wanted: Wanted
  readonly sleep?: Sleep
  /** How often it looks whether the game runs, and for how long: each second, for three minutes. */
  readonly lookMs?: number
  readonly patienceMs?: number
}

/** A call that may have been lost on its way is repeated so often, a little later each time. */
const repeats = 3

const passes = (error: ClientError): boolean =>
  error._tag === "Unavailable" || (error._tag === "CallFailed" && error.code === "service_unavailable")

/** Somebody else, or an earlier try, took the step: the game is looked at again. */
const moved = (error: ClientError): boolean =>
  error._tag === "CallFailed" && error.code === "conflict" && error.reason === "wrong_state"

const stepOf = (status: Game["status"]): StartStep => {
  switch (status) {
    case "draft":
      return "open"
    case "enrollment_open":
      return "ready"
    case "starting":
      return "build"
    default:
      return "start"
  }
}

/** Nothing is asked before `run`. */
export const make = ({ me, ...options }: Options): StartGame => {
  const { sleep: pause = sleep, lookMs = 1_000, patienceMs = 180_000 } = options
  const state = makeStore<StartState>({ _tag: "idle" })
  let wanted = options.wanted
  const stopped = new AbortController()
  let wake: () => void = () => undefined

  const patiently = async <A>(call: () => Promise<Result.Result<A, ClientError>>) => {
    for (let turn = 1; ; turn++) {
      const answer = await call()
      if (stopped.signal.aborted || Result.isSuccess(answer) || !passes(answer.failure) || turn > repeats) return answer
      await pause(turn * 1_000)
    }
  }

  const read = (): Promise<Result.Result<Game, ClientError>> => {
    const now = wanted
    return "gameId" in now
      ? patiently(() => me.call("lobby.games.get", { game_id: now.gameId }))
      : patiently(() => me.call("lobby.games.create", now.request))
  }

  const advance = (game: Game, retry: boolean): Promise<Result.Result<Game, ClientError>> | undefined => {
    const request = { game_id: game.game_id }
    switch (game.status) {
      case "draft":
        return patiently(() => me.call("lobby.games.open_enrollment", request))
      case "enrollment_open":
        return patiently(() => me.call("lobby.games.ready_to_start", request))
      case "ready_to_start":
        return patiently(() => me.call("lobby.games.start", request))
      case "start_failed":
        return retry ? patiently(() => me.call("lobby.games.retry_start", request)) : undefined
      default:
        return undefined
    }
  }

  const untilLook = () =>
    Promise.race([
      pause(lookMs),
      new Promise<void>((resolve) => {
        wake = resolve
      })
    ])

  const work = async () => {
    state.set({ _tag: "working", step: "gameId" in wanted ? "open" : "create" })
    let answer = await read()
    // Only a failure that was there before is tried again by itself: one of this start is shown first.
    let mayRetry = Result.isSuccess(answer) && answer.success.status === "start_failed"
    for (let waited = 0; !stopped.signal.aborted; ) {
      if (Result.isFailure(answer)) {
        const now = state.get()
        return state.set({ _tag: "failed", step: now._tag === "working" ? now.step : "create", error: answer.failure })
      }
      const game: Game = answer.success
      wanted = { gameId: game.game_id }
      if (game.status === "running" || game.status === "paused") return state.set({ _tag: "running", game })
      const next = advance(game, mayRetry)
      if (game.status === "start_failed") mayRetry = false
      if (next !== undefined) {
        state.set({ _tag: "working", step: stepOf(game.status) })
        const done = await next
        answer = Result.isFailure(done) && moved(done.failure) ? await read() : done
      } else if (game.status === "starting") {
        if (waited >= patienceMs) return state.set({ _tag: "slow", game })
        state.set({ _tag: "working", step: "build" })
        await untilLook()
        waited += lookMs
        answer = await read()
      } else {
        return state.set({ _tag: "startFailed", game, reason: game.failure_reason })
      }
    }
  }

  let running: Promise<void> | undefined
  return {
    state,
    gameId: () => ("gameId" in wanted ? wanted.gameId : undefined),
    run: () => {
      running ??= work().finally(() => {
        running = undefined
      })
      return running
    },
    look: () => wake(),
    stop: () => {
      stopped.abort()
      wake()
    }
  }
}
