/** Very many mutated envelopes over sockets; in memory the verifier alone refuses the rest of a million. */
import { it } from "@effect/vitest"
import { refusesMutationsOverSockets } from "./sockets.ts"

// oxlint-disable-next-line vitest/expect-expect -- it fails by itself
it("mutated envelopes are refused by the fast way and by the library", { timeout: 1_800_000 }, async () => {
  const seed = Date.now()
  console.log(`seed ${seed}`)
  const seen = await refusesMutationsOverSockets(seed, { rounds: 20, fast: 12_000, slow: 4_000, streams: 4_000 })
  console.log(Object.fromEntries(seen))
})
