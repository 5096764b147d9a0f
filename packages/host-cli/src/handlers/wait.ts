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

const stateOf: Readonly<Record<NonNullable<AnySpec["wait"]>, (now: Document, answer: Document) => State>> = {
  start: ({ status }) => (status === "starting" ? "waiting" : status === "start_failed" ? "failed" : "done"),
  stop: ({ runtime_status }) => (runtime_status === "stopped" || runtime_status === "none" ? "done" : "waiting"),
  engine: ({ engine_task }) => (engine_task === undefined ? "done" : "waiting"),
  turn: ({ current_turn, status, generating_turn }, answer) =>
    status === "generation_failed"
      ? "failed"
      : Number(current_turn) > Number(answer["current_turn"]) && generating_turn === undefined
        ? "done"
        : "waiting"
}

/** Returns the game or runtime once it is done. Fails with `NeedsAction` where it failed, and after ten minutes. */
export const waitFor = Effect.fnUntraced(function* (
  what: NonNullable<AnySpec["wait"]>,
  input: AnyInput,
  answer: Document
) {
  const { callAny } = yield* Api
  const output = yield* Output
  const read = what === "start" || what === "stop" ? "adminGames.get" : "adminRuntimes.get"
  const deadline = (yield* Clock.currentTimeMillis) + longestMs
  for (;;) {
    const now: Document = yield* callAny(read, { params: input.params })
    const state = stateOf[what](now, answer)
    if (state === "done") return now
    if (state === "failed") {
      yield* output.item(now)
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
