/** A backend with another secret than the others of its database. */
import * as SecretCheck from "@galaxy/core/runtime/cluster/SecretCheck"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { Runner, RunnerAddress, RunnerStorage } from "effect/cluster"
import { SqlClient } from "effect/sql"

const secret = (byte: number) => Redacted.make(new Uint8Array(32).fill(byte))
const [a, b] = [RunnerAddress.make("a", 7070), RunnerAddress.make("b", 7070)]

eachDatabase((name, database) => {
  layer(Layer.merge(database, RunnerStorage.layerMemory), { timeout: "240 seconds", excludeTestServices: true })(
    `the secret of the backends on ${name}`,
    (it) => {
      it.effect("is the same for all, and changes once all have ended", () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const storage = yield* RunnerStorage.RunnerStorage
          const joinedLongAgo = sql`UPDATE backend.installation SET secret_used_at = now() - interval '1 hour'`
          yield* SecretCheck.check(secret(1), a)
          yield* SecretCheck.check(secret(1), b)
          // The other one may be joining at the moment.
          assert.strictEqual((yield* Effect.flip(SecretCheck.check(secret(2), b)))._tag, "SecretDiffers")
          yield* joinedLongAgo
          yield* storage.register(Runner.make({ address: a, groups: [], weight: 1 }), true)
          const error = yield* Effect.flip(SecretCheck.check(secret(2), b))
          assert.match(error.message, /another BACKEND_SECRET_KEY/)
          // It was the only one that was left.
          yield* SecretCheck.check(secret(2), a)
          yield* joinedLongAgo
          yield* SecretCheck.check(secret(2), b)
          yield* joinedLongAgo
          assert.strictEqual((yield* Effect.flip(SecretCheck.check(secret(1), b)))._tag, "SecretDiffers")
        })
      )
    }
  )
})
