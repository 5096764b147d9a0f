/** The backends of a list of URLs, over REST. Names are looked up again at intervals, so that backends may come and go. */
import { Backends, type Backend } from "@galaxy/edge/Backends"
import { Effect, Exit, Layer, type Redacted, Scope } from "effect"
import { type Endpoint, endpointsOf } from "../net/endpoints.ts"
import { lookupWithin, type LookupWithin } from "../net/lookup.ts"
import * as HttpBackendClient from "./HttpBackendClient.ts"

/** Where the backends are and how long a call may take. */
export interface HttpBackendsOptions {
  /** Origins of backends; a name with several addresses stands for several. */
  readonly urls: ReadonlyArray<string>
  readonly token?: Redacted.Redacted | undefined
  /** Milliseconds for one call. */
  readonly timeoutMs?: number | undefined
  /** How often names are looked up, in milliseconds. */
  readonly lookUpEveryMs?: number | undefined
  /** What looks names up. */
  readonly lookup?: LookupWithin | undefined
}

const lookUpEveryMs = 5_000
const lookUpMs = 2_000
/** A backend that is gone from the list keeps its connections for as long as a call may take, and a little more. */
const lingerMs = 15_000

interface Open {
  readonly endpoint: Endpoint
  readonly backend: Backend
  readonly scope: Scope.Closeable
}

/** Never fails to build; each backend has connections of its own, which end with the scope. */
export const layer = (options: HttpBackendsOptions): Layer.Layer<Backends> =>
  Layer.effect(
    Backends,
    Effect.gen(function* () {
      const lookup = (options.lookup ?? lookupWithin)(lookUpMs)
      const scope = yield* Effect.scope
      let open: ReadonlyMap<string, Open> = new Map()
      let current: ReadonlyArray<Backend> = []

      const opened = Effect.fnUntraced(function* (endpoint: Endpoint, isOnly: boolean) {
        const own = yield* Scope.fork(scope)
        const name = isOnly ? undefined : endpoint.name
        const made = yield* HttpBackendClient.make({
          url: endpoint.url,
          address: endpoint.address,
          name,
          lookup: options.lookup,
          token: options.token,
          timeoutMs: options.timeoutMs
        }).pipe(Scope.provide(own))
        return { endpoint, backend: { name, ...made }, scope: own }
      })

      const look = Effect.gen(function* () {
        const known = [...open.values()].map(({ endpoint }) => endpoint)
        const endpoints = yield* Effect.promise(() => endpointsOf(options.urls, lookup, known))
        const now = new Map<string, Open>()
        for (const it of endpoints) now.set(it.name, open.get(it.name) ?? (yield* opened(it, endpoints.length === 1)))
        const gone = [...open.values()].filter(({ endpoint }) => !now.has(endpoint.name))
        const isSame = gone.length === 0 && now.size === open.size
        if (isSame) return
        if (open.size > 0)
          yield* Effect.logInfo("the list of backends has changed").pipe(
            Effect.annotateLogs({ backends: [...now.keys()].join(" ") })
          )
        open = now
        current = [...now.values()].map(({ backend }) => backend)
        for (const it of gone) {
          yield* Effect.forkIn(Effect.andThen(Effect.sleep(lingerMs), Scope.close(it.scope, Exit.void)), scope)
        }
      })

      yield* look
      yield* Effect.forkScoped(
        Effect.forever(Effect.andThen(Effect.sleep(options.lookUpEveryMs ?? lookUpEveryMs), look))
      )
      return Backends.of({ current: () => current })
    })
  )
