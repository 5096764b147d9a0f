/** Very many envelopes that differ from what a device signed; `host-node` sends the rest of a million over sockets. */
import { describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { refusesMutations } from "./mutations.ts"

describe("a mutated envelope", () => {
  // Nothing but computing: a busy machine takes its time, and only what hangs is cut off.
  it.effect(
    "is refused before its request id is reserved",
    () =>
      Effect.suspend(() => {
        const seed = Date.now()
        console.log(`seed ${seed}`)
        return refusesMutations(seed, 600_000)
      }),
    1_800_000
  )
})
