/** From checked options to a running backend, and back to nothing. */
import * as Backend from "@galaxy/core/http/Backend"
import { Cause, Effect, Exit, Layer, Scope } from "effect"
import { HttpEffect, HttpRouter, type HttpServerRequest } from "effect/http"
import type { Checked } from "./checked.ts"
import { refusedSite } from "./foreignSite.ts"
import type { Internals } from "./internals.ts"
import { requests } from "./requests.ts"
import * as Services from "./services.ts"
import { startFailure } from "./startFailure.ts"
import { within } from "./within.ts"

const toHandler = HttpEffect.toWebHandlerWith<Services.Services, HttpServerRequest.HttpServerRequest | Scope.Scope>

const started = Effect.fnUntraced(function* (checked: Checked, scope: Scope.Scope) {
  const context = yield* Layer.buildWithScope(Services.layer(checked), scope)
  const routes = yield* HttpRouter.toHttpEffect(Backend.layer(checked.callers)).pipe(
    Effect.provideContext(context),
    Scope.provide(scope)
  )
  return { context, handler: toHandler(context)(routes) }
})

const defaultTimeoutMs = 10_000

/** A running backend and what lies behind it. */
export interface Built {
  readonly fetch: (request: Request) => Promise<Response>
  /** Runs a call of the program, which the end waits for before it cuts it off; rejects with `GalaxyClosed` once that has begun. */
  readonly call: <A>(run: (cut: AbortSignal) => Promise<A>) => Promise<A>
  /** Every call returns the same promise. */
  readonly close: (timeoutMs?: number) => Promise<void>
  readonly internals: Internals
}

/** Rejects with `GalaxyStartFailed`, and has released everything then. */
export const build = async (checked: Checked): Promise<Built> => {
  const scope = Scope.makeUnsafe()
  const exit = await Effect.runPromiseExit(started(checked, scope))
  if (Exit.isFailure(exit)) {
    await Effect.runPromise(Scope.close(scope, exit))
    throw startFailure(Cause.squash(exit.cause))
  }
  const { context, handler } = exit.value
  const inFlight = requests(async (request) => refusedSite(request) ?? handler(request))
  const users: Internals["users"] = new Set()
  let closing: Promise<void> | undefined
  const end = async (timeoutMs: number): Promise<void> => {
    const until = performance.now() + timeoutMs
    const left = () => Math.max(100, until - performance.now())
    inFlight.refuse()
    // Whatever becomes of a gateway, requests are let go and the database is released.
    await Promise.allSettled([...[...users].map((close) => close(left() / 2)), inFlight.drain(left() / 2)])
    await within(Effect.runPromise(Scope.close(scope, Exit.void)), left())
  }
  return {
    fetch: inFlight.fetch,
    call: inFlight.call,
    close: (timeoutMs = defaultTimeoutMs) => (closing ??= end(timeoutMs)),
    internals: { context, callers: checked.callers, users, isClosed: () => closing !== undefined }
  }
}
