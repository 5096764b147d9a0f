/** Some thousand mutated envelopes over sockets. */
import { it } from "@effect/vitest"
import { refusesMutationsOverSockets } from "./sockets.ts"

// oxlint-disable-next-line vitest/expect-expect -- it fails by itself
it("mutated envelopes are refused by the fast way and by the library", { timeout: 120_000 }, async () => {
  await refusesMutationsOverSockets(20_261_130, { rounds: 4, fast: 200, slow: 100, streams: 60 })
})
