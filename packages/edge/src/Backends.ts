/** Port: the backends that a gateway may call. They work on one database, so any of them can answer any call. */
import { Context, Effect, Layer } from "effect"
import { BackendClient } from "./BackendClient.ts"

/** One of them. The same backend is the same object for as long as it is there. */
export interface Backend {
  /** Where it is, for the log; undefined where there is only ever one. */
  readonly name: string | undefined
  readonly client: BackendClient["Service"]
  /** Whether it has said that its connections end. It says otherwise when `client.ready` succeeds. */
  readonly isLeaving: () => boolean
}

/** Those that are there now; the order says nothing. Changes whenever a name comes to mean other addresses. */
export class Backends extends Context.Service<Backends, { readonly current: () => ReadonlyArray<Backend> }>()(
  "@galaxy/edge/Backends"
) {}

/** Only the one that is at hand. */
export const layerOne: Layer.Layer<Backends, never, BackendClient> = Layer.effect(
  Backends,
  Effect.map(BackendClient, (client) => {
    const all = [{ name: undefined, client, isLeaving: () => false }]
    return Backends.of({ current: () => all })
  })
)
