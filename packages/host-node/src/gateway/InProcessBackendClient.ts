/**
 * A backend in this very process: the gateway's calls without a connection.
 *
 * They pass through the same routes, checks and JSON as calls over HTTP, so no rule depends on where a gateway runs.
 */
import { gatewayTokenHeader } from "@galaxy/contract/api/Identity"
import { runIn } from "@galaxy/edge/Awaitable"
import { BackendClient } from "@galaxy/edge/BackendClient"
import { BackendUnavailable } from "@galaxy/edge/Refusal"
import { Effect, Layer, Redacted } from "effect"
import { type Call, calls, commandOf, type Send } from "./backendCalls.ts"

/** The backend's handler of requests, which doesn't reject, and how long a call may take. */
export interface InProcessOptions {
  readonly fetch: (request: Request) => Promise<Response>
  readonly token?: Redacted.Redacted | undefined
  /** Milliseconds for one call; 10 s when absent. */
  readonly timeoutMs?: number | undefined
}

/** Never fails to build, and holds nothing. */
export const layer = ({ fetch, token, timeoutMs = 10_000 }: InProcessOptions): Layer.Layer<BackendClient> => {
  const headersOf = ({ body, headers: [...given] = [] }: Call): Headers => {
    const headers = new Headers()
    if (token !== undefined) given.push(gatewayTokenHeader, Redacted.value(token))
    if (body !== undefined) given.push("content-type", "application/json")
    for (let at = 0; at + 1 < given.length; at += 2) headers.append(given[at] ?? "", given[at + 1] ?? "")
    return headers
  }
  const send: Send = (call) =>
    Effect.tryPromise({
      try: async (signal) => {
        const answer = await fetch(
          new Request(`http://backend.invalid${call.path}`, {
            method: call.method,
            headers: headersOf(call),
            signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
            ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) })
          })
        )
        const text = await answer.text()
        return { status: answer.status, json: text === "" ? null : (JSON.parse(text) as unknown) }
      },
      catch: () => new BackendUnavailable()
    }).pipe(Effect.timeoutOrElse({ duration: timeoutMs + 1_000, orElse: () => Effect.fail(new BackendUnavailable()) }))
  return Layer.effect(
    BackendClient,
    Effect.map(Effect.context(), (context) => {
      const run = runIn(context)
      return calls(send, (command, signal) => run(send(commandOf(command)), signal))
    })
  )
}
