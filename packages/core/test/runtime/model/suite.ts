/** Many schedules on one database. */
import * as SqlStateVault from "@galaxy/core/runtime/vault/SqlStateVault"
import type { Database } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, type Scope } from "effect"
import { runtimeOn } from "../fixture.ts"
import type { Engines } from "./engines.ts"
import { watched } from "./invariants.ts"
import { run } from "./schedule.ts"
import { layerOf } from "./StatefulHosts.ts"

/** A seed that is to be repeated alone, or a range of them such as `1-100`. */
const only = process.env["GALAXY_MODEL_SEED"]?.split("-").map(Number)

/** Players wait longer than usual: the clock jumps, and the machine may be slow. */
const settings = {
  callTimeout: "60 seconds",
  longestBackoff: "2 seconds",
  startAttempts: 10_000,
  turnAttempts: 6
} as const

/** A machine that is busy with other things needs many times as long as an idle one. */
const patienceMs = 3_600_000

/** Runs so many schedules, of the seeds from `first` on. */
export const schedules = <Folder>(
  name: string,
  database: Layer.Layer<Database>,
  first: number,
  count: number,
  engines: Effect.Effect<Engines<Folder>, never, Scope.Scope>
) => {
  const [from = first, to = only === undefined ? first + count - 1 : from] = only ?? []
  const seeds = Array.from({ length: to - from + 1 }, (_, index) => from + index)
  const hosts = Layer.unwrap(Effect.map(engines, (it) => layerOf(["east", "west"], it)))
  layer(runtimeOn(database, hosts, settings, SqlStateVault.layer), {
    timeout: "3600 seconds",
    excludeTestServices: true
  })(`two owners and their engines on ${name}`, (it) => {
    it.effect(
      `lose no order and tell of each turn once, in ${seeds.length} schedules`,
      () =>
        Effect.gen(function* () {
          yield* watched
          const sum = { accepted: 0, shown: 0, turns: 0 }
          for (const seed of seeds) {
            const { accepted, shown, turns } = yield* run(seed, name.startsWith("PostgreSQL"))
            sum.accepted += accepted
            sum.shown += shown
            sum.turns += turns
          }
          if (seeds.length === 1) return
          // Otherwise they prove nothing.
          assert.isAbove(sum.accepted, seeds.length, "hardly any order was accepted")
          assert.isAbove(2 * sum.turns, seeds.length, "hardly any turn was made in the midst of it")
        }),
      patienceMs
    )
  })
}
