/** When the next turns of a schedule would be, asked once it rests. */
import type { Answer } from "@galaxy/client/Calls"
import type { ClientError } from "@galaxy/client/ClientError"
import { Result } from "effect"
import { sleep, type Sleep } from "../sleep.ts"
import { make as makeStore, type Readable } from "../Store.ts"
import type { Caller } from "./Game.ts"

type Fires = Answer<"lobby.games.preview_schedule">["fires"]

/** `fires` are the newest that are known; while it is `asking`, those of the schedule before. */
export type Preview =
  | { readonly _tag: "asking" | "known"; readonly fires: Fires }
  | { readonly _tag: "wrong"; readonly error: ClientError; readonly fires: Fires }

export interface SchedulePreview {
  readonly state: Readable<Preview>
  /** The five fields and the time zone as they are now. */
  readonly ask: (fields: string, timeZone: string) => void
}

/** So many turns are shown. */
const shown = 3

/** Has asked for nothing yet. */
export const make = (me: Caller, pause: Sleep = sleep, restMs = 300): SchedulePreview => {
  const state = makeStore<Preview>({ _tag: "asking", fires: [] })
  let asked: string | undefined
  const look = async (turn_schedule: string, time_zone: string, key: string) => {
    state.update(({ fires }) => ({ _tag: "asking", fires }))
    await pause(restMs)
    if (asked !== key) return
    const answer = await me.call("lobby.games.preview_schedule", { turn_schedule, time_zone })
    if (asked !== key) return
    state.update(({ fires }) =>
      Result.isSuccess(answer)
        ? { _tag: "known", fires: answer.success.fires.slice(0, shown) }
        : { _tag: "wrong", error: answer.failure, fires }
    )
  }
  return {
    state,
    ask: (fields, timeZone) => {
      const key = `${fields}\n${timeZone}`
      if (key === asked) return
      asked = key
      void look(fields, timeZone, key)
    }
  }
}
