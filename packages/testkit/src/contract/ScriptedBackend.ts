/** A backend that answers as a contract suite says, and remembers what it was asked. */
import { Context, Effect } from "effect"

/** A request as it reached the backend. */
export interface Asked {
  readonly method: string
  /** Path and query, as they were sent. */
  readonly path: string
  readonly headers: Headers
  readonly body: string
}

/** What the backend answers: a status with a body as it is, or nothing until the caller gives up. */
export type Answer = { readonly status: number; readonly body: string } | "nothing"

/** The backend behind the adapter, directed by the suite. */
export class ScriptedBackend extends Context.Service<
  ScriptedBackend,
  {
    /** From now on it answers so. */
    answer(answer: Answer): Effect.Effect<void>
    /** All it was asked, oldest first. */
    readonly asked: Effect.Effect<ReadonlyArray<Asked>>
    /** Waits until it has been asked that many times. */
    reached(times: number): Effect.Effect<void>
  }
>()("@galaxy/testkit/contract/ScriptedBackend") {}

/** The backend for one adapter: `fetch` is what the adapter has to reach, over whatever it is that carries requests. */
export const scriptedBackend = (): {
  readonly fetch: (request: Request) => Promise<Response>
  readonly service: ScriptedBackend["Service"]
} => {
  const asked: Array<Asked> = []
  const waiting = new Set<() => void>()
  let answer: Answer = { status: 200, body: "{}" }
  const fetch = async (request: Request): Promise<Response> => {
    const { method, headers } = request
    const { pathname, search } = new URL(request.url)
    asked.push({ method, headers, path: `${pathname}${search}`, body: await request.text() })
    for (const look of waiting) look()
    if (answer !== "nothing") return new Response(answer.body, { status: answer.status })
    return new Promise((_, reject) => {
      request.signal.addEventListener("abort", () => reject(new Error("the caller gave up")), { once: true })
    })
  }
  const reached = (times: number) =>
    Effect.callback<void>((resume) => {
      const look = () => {
        if (asked.length >= times) resume(Effect.void)
      }
      waiting.add(look)
      look()
      return Effect.sync(() => waiting.delete(look))
    })
  const service: ScriptedBackend["Service"] = {
    answer: (next) =>
      Effect.sync(() => {
        answer = next
      }),
    asked: Effect.sync(() => [...asked]),
    reached
  }
  return { fetch, service }
}
