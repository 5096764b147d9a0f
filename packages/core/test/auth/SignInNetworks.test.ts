import * as AuthPruner from "@galaxy/core/auth/AuthPruner"
import { AuthSettings } from "@galaxy/core/auth/AuthSettings"
import { Challenges } from "@galaxy/core/auth/Challenges"
import { mostNetworks, SignInNetworks } from "@galaxy/core/auth/SignInNetworks"
import * as BackgroundLoops from "@galaxy/core/shared/BackgroundLoops"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Array as Arr, Clock, Effect, Layer, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { address, codeOf, confirmation, signIn } from "./fixture.ts"

const rows = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.map(
    sql<{ challenges: number; networks: number; decoys: number }>`
      SELECT (SELECT count(*) FROM backend.auth_challenges WHERE email <> '')::int AS challenges,
        (SELECT count(*) FROM backend.auth_challenges WHERE email = '')::int AS decoys,
        (SELECT count(*) FROM backend.auth_networks)::int AS networks`,
    ([row]) => row
  )
)

eachDatabase((name, database) => {
  layer(signIn(database), { timeout: "240 seconds" })(`networks of sign-ins on ${name}`, (it) => {
    it.effect("one is known after a sign-in from it, for that address alone, until it wasn't used for long", () =>
      Effect.gen(function* () {
        const challenges = yield* Challenges
        const networks = yield* SignInNetworks
        const { networkMemoryMs } = yield* AuthSettings
        const email = address()
        const known = (whose: string, where: string) => Effect.flatMap(networks.mark(whose, where), networks.isKnown)
        const id = yield* challenges.send({ email, sourceIp: "198.51.100.7" })
        assert.isFalse(yield* known(email, "198.51.100.7"))
        yield* challenges.confirm({ ...confirmation(id, yield* codeOf(id)), sourceIp: "2001:db8:1:2::9" })
        // Where the code was typed in, not where it was asked for.
        assert.isTrue(yield* known(email, "2001:db8:1:2::/64"))
        assert.isFalse(yield* known(email, "198.51.100.7"))
        assert.isFalse(yield* known(address(), "2001:db8:1:2::/64"))
        yield* TestClock.adjust(networkMemoryMs - 1)
        assert.isTrue(yield* known(email, "2001:db8:1:2::/64"))
        yield* TestClock.adjust(1)
        assert.isFalse(yield* known(email, "2001:db8:1:2::/64"))
      })
    )

    it.effect("an address has a bounded number, the last used ones", () =>
      Effect.gen(function* () {
        const networks = yield* SignInNetworks
        const email = address()
        const marks = yield* Effect.forEach(Arr.range(0, mostNetworks), (index) => networks.mark(email, `n${index}`))
        for (const mark of marks) {
          yield* networks.remember(mark)
          yield* TestClock.adjust("1 second")
        }
        const known = yield* Effect.forEach(marks, networks.isKnown)
        assert.deepStrictEqual(known, [false, ...Arr.replicate(true, mostNetworks)])
      })
    )

    it.effect("a sign-in by a clock that was ahead doesn't count as recent, and makes room first", () =>
      Effect.gen(function* () {
        const networks = yield* SignInNetworks
        const email = address()
        const now = yield* Clock.currentTimeMillis
        const marks = yield* Effect.forEach(Arr.range(0, mostNetworks), (index) => networks.mark(email, `n${index}`))
        const [ahead, ...others] = marks
        if (ahead === undefined) return assert.fail("no marks")
        yield* TestClock.adjust("3 days")
        yield* networks.remember(ahead)
        assert.isTrue(yield* networks.isKnown(ahead))
        yield* TestClock.setTime(now)
        assert.isFalse(yield* networks.isKnown(ahead))
        yield* Effect.forEach(others, networks.remember)
        yield* TestClock.adjust("3 days")
        assert.isFalse(yield* networks.isKnown(ahead))
        assert.isTrue((yield* Effect.forEach(others, networks.isKnown)).every((it) => it))
      })
    )

    it.effect("neither the address nor the network can be read, nor whether two addresses share one", () =>
      Effect.gen(function* () {
        const networks = yield* SignInNetworks
        const sql = yield* SqlClient.SqlClient
        const [one, other] = [
          yield* networks.mark(address(), "192.0.2.77"),
          yield* networks.mark(address(), "192.0.2.77")
        ]
        yield* networks.remember(one)
        yield* networks.remember(other)
        const stored = yield* sql<{ text: string }>`SELECT row_to_json(n)::text AS text FROM backend.auth_networks n`
        const hex = Buffer.from("192.0.2.77").toString("hex")
        for (const { text } of stored) {
          assert.notInclude(text, "192.0.2.77")
          assert.notInclude(text, hex)
          assert.notInclude(text, "player-")
        }
        assert.notDeepEqual(one.network, other.network)
        assert.notDeepEqual(one.address, one.network)
      })
    )

    it.effect("what no bound depends on any more is removed; what one does, and the decoys, stay", () =>
      Effect.gen(function* () {
        const challenges = yield* Challenges
        const { networkMemoryMs } = yield* AuthSettings
        const pruned = (expected: { readonly challenges: number; readonly networks: number }) =>
          Effect.scoped(
            Effect.gen(function* () {
              yield* Layer.build(AuthPruner.layer({ batch: 2 }).pipe(Layer.provide(BackgroundLoops.layer)))
              const there = yield* Effect.repeat(rows, {
                until: (it) => it?.challenges === expected.challenges && it.networks === expected.networks,
                // Two rows a round: the pruner may be asked after far more often than it gets to run.
                schedule: Schedule.recurs(20_000)
              })
              assert.deepStrictEqual(there, { ...expected, decoys: 256 })
            })
          )
        yield* TestClock.adjust(networkMemoryMs + 24 * 60 * 60_000)
        yield* pruned({ challenges: 0, networks: 0 })
        const email = address()
        for (const sourceIp of ["192.0.2.1", "192.0.2.2", "192.0.2.3"]) {
          const id = yield* challenges.send({ email, sourceIp })
          yield* challenges.confirm({ ...confirmation(id, yield* codeOf(id)), sourceIp })
        }
        yield* TestClock.adjust(24 * 60 * 60_000 - 1)
        yield* challenges.send({ email, sourceIp: "192.0.2.4" })
        yield* pruned({ challenges: 4, networks: 3 })
        yield* TestClock.adjust(1)
        yield* pruned({ challenges: 1, networks: 3 })
      })
    )
  })
})
