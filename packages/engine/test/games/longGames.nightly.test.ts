/** Whole games of players who try everything: nothing throws, every number stays possible and is explained. */
import type { Order } from "@galaxy/contract/engine/Order"
import * as Random from "@galaxy/engine/random/Random"
import { sha256Hex } from "@galaxy/engine/random/sha256"
import { reporter, reportsOf } from "@galaxy/engine/report/reports"
import { canonicalJson } from "@galaxy/engine/state/canonical"
import type { Galaxy } from "@galaxy/engine/state/Galaxy"
import { nextGalaxy } from "@galaxy/engine/turn/makeTurn"
import { assert, describe, it } from "@effect/vitest"
import { chanceOrders } from "../support/chance.ts"
import { gameOf, ordersOf } from "../support/games.ts"
import { assertExplained, assertSound } from "../support/soundness.ts"
import { assertOnlySeen, withHiddenChanged } from "../support/visibility.ts"

const turns = 300

const decide = (galaxy: Galaxy, seed: string): Readonly<Record<number, ReadonlyArray<Order>>> =>
  Object.fromEntries(
    galaxy.races.flatMap((race, index) =>
      race.removed === null
        ? [[index, chanceOrders(Random.make(seed, galaxy.turn, index), galaxy, index, 12)] as const]
        : []
    )
  )

/** Votes and leavings end a game; here it goes on. */
const endless = (galaxy: Galaxy): Galaxy => ({
  ...galaxy,
  finished: false,
  winners: [],
  races: galaxy.races.map((race, index) => ({ ...race, votes_for: index, quitting: false, idle_turns: 0 }))
})

describe.each([
  ["two", 2],
  ["three", 3],
  ["six", 6]
])("a game of %s", (_, players) => {
  it(`of ${turns} turns stays sound, and its log explains every number`, { timeout: 120_000 }, () => {
    let galaxy = gameOf(players, `long ${players}`)
    const seen = new Set<string>()
    for (let turn = 0; turn < turns; turn++) {
      const before = endless(galaxy)
      const { galaxy: after, log } = nextGalaxy(before, ordersOf(decide(before, "long")))
      assertSound(after)
      assertExplained(before, log, after)
      if (turn % 10 === 0) {
        for (const [index, report] of reportsOf(after, log).entries()) {
          assertOnlySeen(after, log, index, report)
          const veiled = withHiddenChanged(after, index, log)
          assert.deepStrictEqual(reporter(veiled, log)(index), report)
        }
      }
      for (const event of log) seen.add(event.kind === "change" ? event.cause : event.kind)
      galaxy = after
    }
    for (const kind of ["battle", "bombing", "ship_building", "settling", "split", "merge", "upgrade", "loading"]) {
      assert.isTrue(seen.has(kind), `nothing of the kind ${kind} happened in the whole game`)
    }
  })
})

/** A line of a game without the sentences of its refusals, which may be reworded. */
const withoutMessages = (line: string): string =>
  JSON.stringify(JSON.parse(line), (key, value: unknown) => (key === "message" ? undefined : value))

const played = (seed: string, turns: number): string => {
  let galaxy = gameOf(4, seed)
  const made = []
  for (let turn = 0; turn < turns; turn++) {
    const next = nextGalaxy(galaxy, ordersOf(decide(galaxy, seed)))
    made.push(canonicalJson({ galaxy: next.galaxy, log: next.log }))
    galaxy = endless(next.galaxy)
  }
  return made.join("\n")
}

it("comes out the same to the byte when it is played again", () => {
  assert.strictEqual(played("again", 25), played("again", 25))
})

// Changes only with the rules. If nothing of them changed, a machine computes differently from others.
it("gives these very bytes, with battles, bombs and all", () => {
  const bytes = played("golden", 60)
  assert.include(bytes, '"kind":"battle"')
  assert.include(bytes, '"kind":"bombing"')
  const numbers = bytes.split("\n").map(withoutMessages).join("\n")
  assert.strictEqual(sha256Hex(numbers), "19f6a26b5f911da506fd30f3294eb0ef04ea1f634b7570f1d3192eda576e7328")
})
