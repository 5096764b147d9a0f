/** Waiting until the server has done what it only took note of: a start, a stop, a restart, a turn. */
import { Clock, Effect, type Schema } from "effect"
import { type AnyInput, Api } from "../client/Api.ts"
import { LocalFailure, NeedsAction } from "../failures.ts"
import type { AnySpec } from "../operations/types.ts"
import { Output } from "../output/Output.ts"

const pause = "1 second"
const longestMs = 10 * 60_000

type Document = Readonly<Record<string, Schema.Json>>
type State = "waiting" | "done" | "failed"
type What = NonNullable<AnySpec["wait"]>

/** Which attempts of the operation log tell how it went; none where the state says it all. */
const attempts: Readonly<Record<What, ReadonlyArray<unknown>>> = {
  start: [],
  stop: [],
  engine: ["restart", "patch"],
  turn: ["turn"]
}

const newestAttempt = Effect.fnUntraced(function* (what: What, input: AnyInput) {
  const { callAny } = yield* Api
  const { operations } = yield* callAny("adminRuntimes.operations", { params: input.params, query: { limit: "50" } })
  const all = Array.isArray(operations) ? (operations as ReadonlyArray<Document>) : []
  return all.find(({ op }) => attempts[what].includes(op))
})

/** What is known before the request: the newest attempt there is, which isn't the one that is waited for. */
export const beforeWaiting = Effect.fnUntraced(function* (what: What, input: AnyInput) {
  return attempts[what].length === 0 ? undefined : (yield* newestAttempt(what, input))?.["operation_id"]
})

const versionOf = ({ body }: AnyInput) => (body as Document | undefined)?.["version"]

/** Returns the game or runtime once it is done. Fails with `NeedsAction` where it failed, and after ten minutes. */
export const waitFor = Effect.fnUntraced(function* (
  what: What,
  input: AnyInput,
  answer: Document,
  before: Schema.Json | undefined
) {
  const { callAny } = yield* Api
  const output = yield* Output
  const read = what === "start" || what === "stop" ? "adminGames.get" : "adminRuntimes.get"

  /** Whether an attempt that was made since the request has failed. */
  const hasFailed = Effect.map(
    newestAttempt(what, input),
    (it) => it !== undefined && it["operation_id"] !== before && it["status"] === "failed"
  )
  const stateOf = Effect.fnUntraced(function* (
    now: Document
  ): Effect.fn.Return<State, Effect.Error<typeof hasFailed>, Api> {
    switch (what) {
      case "start":
        return now["status"] === "starting" ? "waiting" : now["status"] === "start_failed" ? "failed" : "done"
      case "stop":
        return now["runtime_status"] === "stopped" || now["runtime_status"] === "none" ? "done" : "waiting"
      case "engine": {
        if (now["engine_task"] !== undefined) return "waiting"
        // A version that doesn't get up is taken back.
        const version = versionOf(input)
        if (version !== undefined && now["engine_version"] !== version) return "failed"
        return (yield* hasFailed) ? "failed" : "done"
      }
      case "turn": {
        const made = Number(now["current_turn"]) > Number(answer["current_turn"])
        if (made && now["generating_turn"] === undefined) return "done"
        // A turn that has failed before stays so until it is tried again.
        return now["status"] === "generation_failed" && (yield* hasFailed) ? "failed" : "waiting"
      }
    }
  })

  const deadline = (yield* Clock.currentTimeMillis) + longestMs
  for (;;) {
    const now: Document = yield* callAny(read, { params: input.params })
    const state = yield* stateOf(now)
    if (state === "done") return now
    if (state === "failed") {
      yield* output.item(now)
      yield* output.warn(`It failed. See: galaxy-admin why ${input.params?.["game_id"] ?? "GAME"}`)
      return yield* new NeedsAction({ message: "It failed." })
    }
    if ((yield* Clock.currentTimeMillis) > deadline) {
      return yield* new LocalFailure({
        message: "It was asked for, and isn't done after 10 minutes.",
        hint: `See: galaxy-admin why ${input.params?.["game_id"] ?? "GAME"}`
      })
    }
    yield* Effect.sleep(pause)
  }
})
