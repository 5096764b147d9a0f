/** Some thousand envelopes that differ from what a device signed. */
import { describe, it } from "@effect/vitest"
import { refusesMutations } from "./mutations.ts"

describe("a mutated envelope", () => {
  // Nothing but computing: a busy machine takes its time, and only what hangs is cut off.
  it.effect("is refused before its request id is reserved", () => refusesMutations(20_260_101, 3_000), 600_000)
})
