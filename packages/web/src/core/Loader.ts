/** What a screen shows of something that it asks the server for: nothing yet, a failure, or the newest answer. */
import type { ClientError } from "@galaxy/client/ClientError"
import { Result } from "effect"
import { make as makeStore, type Readable } from "./Store.ts"

/** `value` is the newest answer; `error` is why it could not be made newer. Both absent: the first one is on its way. */
export interface Loaded<A> {
  readonly value: A | undefined
  readonly error: ClientError | undefined
  readonly busy: boolean
}

/** Asks again and again for the same thing. */
export interface Loader<A> {
  readonly state: Readable<Loaded<A>>
  /** Asks now. Calls while one is under way are answered by one more after it. */
  readonly load: () => Promise<void>
  /** Puts a value in that came by another way, such as the answer to a change. */
  readonly put: (value: A) => void
}

/** A loader that has asked for nothing yet. */
export const make = <A>(ask: () => Promise<Result.Result<A, ClientError>>, initial?: A): Loader<A> => {
  const state = makeStore<Loaded<A>>({ value: initial, error: undefined, busy: false })
  let running: Promise<void> | undefined
  let again = false
  /** Also after an ask that broke. */
  const idle = () => {
    if (state.get().busy) state.update((now) => ({ ...now, busy: false }))
  }
  const once = async () => {
    state.update((now) => ({ ...now, busy: true }))
    const answer = await ask()
    state.update((now) =>
      Result.isSuccess(answer)
        ? { value: answer.success, error: undefined, busy: false }
        : { value: now.value, error: answer.failure, busy: false }
    )
  }
  const rounds = async () => {
    try {
      do {
        again = false
        await once()
      } while (again)
    } finally {
      running = undefined
      idle()
    }
  }
  return {
    state,
    load: () => {
      if (running === undefined) running = rounds()
      else again = true
      return running
    },
    put: (value) => state.set({ value, error: undefined, busy: false })
  }
}
