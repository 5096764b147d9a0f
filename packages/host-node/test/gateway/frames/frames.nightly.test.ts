/** Clients that send anything in any order, many of them, and others each night. */
import { it } from "@effect/vitest"
import { gateways, visited } from "./scenario.ts"

const seed = Math.floor(Date.now() / 1_000)

for (const [what, options] of Object.entries(gateways)) {
  it.live(
    `a gateway ${what} survives whatever is sent to it (seed ${seed})`,
    () => visited(options, seed, 12_000),
    600_000
  )
}
