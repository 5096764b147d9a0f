/** Clients that send anything in any order, a few of them; at night there are more. */
import { it } from "@effect/vitest"
import { gateways, visited } from "./scenario.ts"

for (const [what, options] of Object.entries(gateways)) {
  it.live(`a gateway ${what} survives whatever is sent to it`, () => visited(options, 1, 96))
}
