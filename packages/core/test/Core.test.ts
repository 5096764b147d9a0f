import * as Core from "@galaxy/core/Core"
import * as PasswordHasher from "@galaxy/core/admin/PasswordHasher"
import { Challenges } from "@galaxy/core/auth/Challenges"
import * as EngineHost from "@galaxy/core/engine/EngineHost"
import * as GeoIp from "@galaxy/core/geo/GeoIp"
import { Games } from "@galaxy/core/lobby/game/Games"
import * as MailTransport from "@galaxy/core/mail/MailTransport"
import { PlayerOrders } from "@galaxy/core/play/PlayerOrders"
import { BackgroundLoops } from "@galaxy/core/shared/BackgroundLoops"
import { GameId } from "@galaxy/contract/ids/Ids"
import { newId } from "@galaxy/core/shared/NewId"
import { layerPglite } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger, Option, Redacted } from "effect"
import { FetchHttpClient } from "effect/http"

const secret = Redacted.make(new Uint8Array(32).fill(9))

const nothingUsed = Layer.mergeAll(
  EngineHost.layerNone,
  GeoIp.layerNone,
  MailTransport.layerNone,
  PasswordHasher.layerNone,
  FetchHttpClient.layer
)

const coreWith = (withoutWorkers?: ReadonlyArray<Core.WorkerName>) =>
  Core.layer({ secret, mailFrom: "Galaxy <galaxy@example.org>", withoutWorkers }).pipe(Layer.provide(nothingUsed))

const loopsOf = (withoutWorkers?: ReadonlyArray<Core.WorkerName>) =>
  Effect.flatMap(BackgroundLoops, (loops) => loops.names).pipe(
    Effect.map((names) => new Set(names)),
    Effect.provide(coreWith(withoutWorkers))
  )

const workers: ReadonlyArray<Core.WorkerName> = [
  "mail",
  "runtime",
  "push-pruner",
  "auth-pruner",
  "mail-pruner",
  "runtime-pruner",
  "notification-pruner",
  "invite-pruner"
]

describe("the core as one layer", () => {
  it.effect(
    "has every service",
    () =>
      Effect.gen(function* () {
        yield* Effect.all([Challenges, Games, PlayerOrders])
      }).pipe(Effect.provide(coreWith().pipe(Layer.provide(layerPglite)))),
    { timeout: 240_000 }
  )

  it.effect(
    "runs every worker but those that are switched off by name",
    () =>
      Effect.gen(function* () {
        const all = yield* loopsOf()
        const none = yield* loopsOf(workers)
        for (const worker of workers) {
          const rest = yield* loopsOf([worker])
          const gone = [...all].filter((name) => !rest.has(name))
          assert.isNotEmpty(gone, worker)
          for (const name of gone) assert.isFalse(none.has(name), name)
        }
        // One database for all: to make one takes longest.
      }).pipe(Effect.provide(layerPglite)),
    { timeout: 240_000 }
  )
})

describe("a port that a program has no use for", () => {
  it.effect("says so when it is called", () =>
    Effect.gen(function* () {
      const host = yield* EngineHost.EngineHost
      const gameId = GameId.make(yield* newId)
      const run = { gameId, hostId: EngineHost.localHost, epoch: 1 }
      const spec = { ...run, token: Redacted.make("a"), imageRef: "any", version: "1.0.0", players: 2, fresh: false }
      const refused = yield* Effect.flip(host.start(spec))
      assert.deepInclude(refused, { _tag: "EngineStartFailed", permanent: true })
      assert.include(refused.message, "no engines")
      assert.isTrue(Option.isNone(yield* host.inspect(run)))
      yield* host.stop(gameId, run.hostId, 1)
      yield* host.discard(gameId, run.hostId, 1)
      assert.deepStrictEqual(yield* host.list, [])

      const transport = yield* MailTransport.MailTransport
      const mail = { messageId: "<1@x>", from: "a@example.org", to: "b@example.org", subject: "s", text: "t" }
      const lines: Array<unknown> = []
      const logger = Logger.make(({ message }) => void lines.push(message))
      for (let attempt = 0; attempt < 3; attempt++) {
        assert.deepStrictEqual(
          yield* Effect.provide(Effect.flip(transport.send(mail)), Logger.layer([logger])),
          new MailTransport.MailDeferred({ reason: "no transport" })
        )
      }
      assert.lengthOf(lines, 1)

      const hasher = yield* PasswordHasher.PasswordHasher
      assert.isFalse(yield* hasher.verify(Redacted.make("a password"), "a hash"))
      const made = yield* Effect.exit(hasher.hash(Redacted.make("a password")))
      assert.include(String(made), "no PasswordHasher")

      const geo = yield* GeoIp.GeoIp
      assert.isUndefined(yield* geo.country("192.0.2.1"))
    }).pipe(Effect.provide(nothingUsed))
  )
})
