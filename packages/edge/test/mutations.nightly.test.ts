/** Very many envelopes that differ from what a device signed; `host-node` sends the rest of a million over sockets. */
import { describe, it } from "@effect/vitest"
import { refusesMutations } from "./mutations.ts"

describe("a mutated envelope", () => {
  // Nothing but computing: a busy machine takes its time, and only what hangs is cut off.
  it.effect("is refused before its request id is reserved", () => refusesMutations(600_000), 1_800_000)
})
