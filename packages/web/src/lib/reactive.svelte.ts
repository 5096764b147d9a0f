/** The one bridge from stores of `core` to what Svelte's templates follow. */
import { createSubscriber } from "svelte/reactivity"
import type { Readable } from "../core/Store.ts"

/** A getter that a template follows as long as it reads it. */
export const follow = <A>(store: Readable<A>): (() => A) => {
  const subscribe = createSubscriber((changed) => store.subscribe(changed))
  return () => {
    subscribe()
    return store.get()
  }
}
