/** What every `EngineHost` adapter does. Run it once per adapter, with the reference of an image that it can start. */
import { EnginePlayerId, GameId } from "@galaxy/contract/ids/Ids"
import * as EngineClient from "@galaxy/core/engine/EngineClient"
import { type EngineAccess, EngineHost } from "@galaxy/core/engine/EngineHost"
import * as RuntimeConfig from "@galaxy/core/runtime/RuntimeConfig"
import { newId } from "@galaxy/core/shared/NewId"
import { Effect, Layer, Option, Redacted, Schedule } from "effect"
import { FetchHttpClient } from "effect/http"
import * as assert from "../internal/assert.ts"
import { type Case, casesOf } from "./Case.ts"

const newGame = Effect.map(newId, (id) => GameId.make(id))

const Client = EngineClient.layer.pipe(Layer.provide([FetchHttpClient.layer, RuntimeConfig.layer()]))

/** What every `EngineHost` does with an image that it can start. */
export const engineHost = <E>(adapter: Layer.Layer<EngineHost, E>, imageRef: string): ReadonlyArray<Case> =>
  casesOf(
    Layer.mergeAll(adapter, Client),
    (it) => {
      const start = (gameId: GameId) =>
        Effect.flatMap(EngineHost, (host) => host.start({ gameId, imageRef, version: "0.1.0", players: 2 }))

      const healthy = (engine: EngineAccess) =>
        Effect.flatMap(EngineClient.EngineClient, (client) => client.health(engine)).pipe(
          Effect.retry(Schedule.max([Schedule.spaced("20 millis"), Schedule.recurs(500)]))
        )

      const begun = Effect.fnUntraced(function* (gameId: GameId) {
        const client = yield* EngineClient.EngineClient
        const instance = yield* start(gameId)
        yield* healthy(instance)
        const races = yield* Effect.forEach(["Vega", "Lyra"], (name) =>
          Effect.map(newId, (id) => ({ name, player_id: EnginePlayerId.make(id) }))
        )
        const status = yield* client.init(instance, { game_id: gameId, seed: "a seed", races })
        assert.strictEqual(status.turn, 0)
        return instance
      })

      it("an engine that was started serves", () =>
        Effect.gen(function* () {
          const host = yield* EngineHost
          const gameId = yield* newGame
          assert.isTrue(Option.isNone(yield* host.inspect(gameId)))
          const instance = yield* begun(gameId)
          assert.strictEqual(instance.gameId, gameId)
          assert.deepStrictEqual(yield* host.inspect(gameId), Option.some(instance))
          assert.deepInclude(yield* host.list, instance)
          yield* host.stop(gameId)
        }))

      it("an engine is held by whoever asks, while it runs", () =>
        Effect.gen(function* () {
          const host = yield* EngineHost
          const gameId = yield* newGame
          assert.isTrue(Option.isNone(yield* Effect.scoped(host.hold(gameId))))
          const instance = yield* start(gameId)
          yield* Effect.scoped(
            Effect.gen(function* () {
              assert.deepStrictEqual(yield* host.hold(gameId), Option.some(instance))
              assert.deepStrictEqual(yield* host.hold(gameId), Option.some(instance))
            })
          )
          assert.isFalse((yield* host.asleep).has(gameId))
          // Holding keeps an engine from being put to sleep, and not from being stopped.
          yield* Effect.scoped(Effect.andThen(host.hold(gameId), host.stop(gameId)))
          assert.isTrue(Option.isNone(yield* Effect.scoped(host.hold(gameId))))
          assert.isFalse((yield* host.asleep).has(gameId), "it was stopped, and doesn't sleep")
        }))

      it("fifty callers who start the same game's engine at once get the same one", () =>
        Effect.gen(function* () {
          const host = yield* EngineHost
          const gameId = yield* newGame
          const instances = yield* Effect.all(
            Array.from({ length: 50 }, () => start(gameId)),
            { concurrency: "unbounded" }
          )
          assert.strictEqual(new Set(instances.map((it) => it.instanceId)).size, 1)
          assert.strictEqual((yield* host.list).filter((it) => it.gameId === gameId).length, 1)
          assert.strictEqual((yield* start(gameId)).instanceId, instances[0]?.instanceId)
          yield* host.stop(gameId)
        }))

      it("engines of different games don't share anything", () =>
        Effect.gen(function* () {
          const host = yield* EngineHost
          const [one, two] = yield* Effect.all([newGame, newGame])
          const [first, second] = yield* Effect.all([begun(one), begun(two)], { concurrency: 2 })
          assert.notStrictEqual(first.endpoint.origin, second.endpoint.origin)
          yield* host.stop(one)
          yield* healthy(second)
          yield* host.stop(two)
        }))

      it("an engine answers its host's platform alone, and each run has a token of its own", () =>
        Effect.gen(function* () {
          const host = yield* EngineHost
          const client = yield* EngineClient.EngineClient
          const gameId = yield* newGame
          const first = yield* begun(gameId)
          const stranger = { ...first, token: Redacted.make("guessed") }
          const refused = yield* Effect.flip(client.turn(stranger, 1))
          // Not an answer for a player: to the platform, an engine that takes another token is out of reach.
          assert.strictEqual(refused._tag, "EngineUnreachable")
          assert.include(refused.reason, "unauthorized")
          yield* host.stop(gameId)
          const second = yield* start(gameId)
          yield* healthy(second)
          assert.notStrictEqual(Redacted.value(second.token), Redacted.value(first.token))
          assert.notInclude(JSON.stringify(second), Redacted.value(second.token))
          yield* host.stop(gameId)
        }))

      it("a stopped engine is gone, and its state is there for the next one", () =>
        Effect.gen(function* () {
          const host = yield* EngineHost
          const client = yield* EngineClient.EngineClient
          const gameId = yield* newGame
          const first = yield* begun(gameId)
          assert.strictEqual((yield* client.turn(first, 1)).turn, 1)
          yield* host.stop(gameId)
          assert.isTrue(Option.isNone(yield* host.inspect(gameId)))
          assert.isTrue(Option.isNone(yield* host.ended(gameId)), "it was asked to end")
          assert.strictEqual((yield* Effect.flip(client.health(first)))._tag, "EngineUnreachable")
          assert.isFalse((yield* host.list).some((it) => it.gameId === gameId))
          yield* host.stop(gameId)

          const second = yield* start(gameId)
          assert.notStrictEqual(second.instanceId, first.instanceId)
          yield* healthy(second)
          assert.strictEqual((yield* client.turn(second, 2)).turn, 2)
          yield* host.stop(gameId)
        }))

      it("a discarded engine leaves no state", () =>
        Effect.gen(function* () {
          const host = yield* EngineHost
          const client = yield* EngineClient.EngineClient
          const gameId = yield* newGame
          yield* begun(gameId)
          yield* host.discard(gameId)
          assert.isTrue(Option.isNone(yield* host.inspect(gameId)))
          yield* host.discard(gameId)
          const engine = yield* start(gameId)
          yield* healthy(engine)
          // There is no galaxy any more, so no turn of it can be made.
          assert.strictEqual((yield* Effect.flip(client.turn(engine, 1)))._tag, "EngineRefused")
          yield* host.discard(gameId)
        }))

      it("an unknown image fails permanently", () =>
        Effect.gen(function* () {
          const host = yield* EngineHost
          const gameId = yield* newGame
          const error = yield* Effect.flip(
            host.start({ gameId, imageRef: "nobody/knows:9.9.9", version: "9.9.9", players: 2 })
          )
          assert.isTrue(error.permanent)
          assert.isTrue(Option.isNone(yield* host.inspect(gameId)))
        }))
    },
    { liveClock: true }
  )
