/** What every `EngineHost` adapter does. Run it once per adapter, with the reference of an image that it can start. */
import { EnginePlayerId, GameId } from "@galaxy/contract/ids/Ids"
import * as EngineClient from "@galaxy/core/engine/EngineClient"
import { type EngineAccess, EngineHost, type EngineInstance, type EngineSpec } from "@galaxy/core/engine/EngineHost"
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
      const tokenOf = (gameId: GameId, epoch: number) => Redacted.make(`token-of-${gameId}-in-epoch-${epoch}`)

      const accessTo = (engine: EngineInstance): EngineAccess => ({
        endpoint: engine.endpoint,
        token: tokenOf(engine.gameId, engine.epoch)
      })

      /** On the first host. */
      const specOf = (gameId: GameId, epoch: number, change: Partial<EngineSpec> = {}) =>
        Effect.gen(function* () {
          const [first] = yield* (yield* EngineHost).hosts
          const hostId = first?.hostId ?? ""
          const token = tokenOf(gameId, epoch)
          return { gameId, hostId, epoch, token, imageRef, version: "0.1.0", players: 2, fresh: false, ...change }
        })

      const start = (gameId: GameId, epoch = 1, change: Partial<EngineSpec> = {}) =>
        Effect.flatMap(EngineHost, (host) => Effect.flatMap(specOf(gameId, epoch, change), host.start))

      const inspect = (gameId: GameId, epoch: number) =>
        Effect.flatMap(EngineHost, (host) => Effect.flatMap(specOf(gameId, epoch), host.inspect))

      const running = (gameId: GameId) =>
        Effect.flatMap(EngineHost, (host) => Effect.map(host.list, (all) => all.filter((it) => it.gameId === gameId)))

      const stop = (gameId: GameId, upTo = 1_000) =>
        Effect.flatMap(EngineHost, (host) =>
          Effect.flatMap(specOf(gameId, upTo), (it) => host.stop(gameId, it.hostId, upTo))
        )

      const discard = (gameId: GameId, upTo = 1_000) =>
        Effect.flatMap(EngineHost, (host) =>
          Effect.flatMap(specOf(gameId, upTo), (it) => host.discard(gameId, it.hostId, upTo))
        )

      const healthy = (engine: EngineInstance) =>
        Effect.flatMap(EngineClient.EngineClient, (client) => client.health(accessTo(engine))).pipe(
          Effect.retry(Schedule.max([Schedule.spaced("20 millis"), Schedule.recurs(500)]))
        )

      const turn = (engine: EngineInstance, turn: number) =>
        Effect.flatMap(EngineClient.EngineClient, (client) => client.turn(accessTo(engine), turn))

      const begun = Effect.fnUntraced(function* (gameId: GameId, epoch?: number, change?: Partial<EngineSpec>) {
        const client = yield* EngineClient.EngineClient
        const instance = yield* start(gameId, epoch, change)
        yield* healthy(instance)
        const races = yield* Effect.forEach(["Vega", "Lyra"], (name) =>
          Effect.map(newId, (id) => ({ name, player_id: EnginePlayerId.make(id) }))
        )
        const status = yield* client.init(accessTo(instance), { game_id: gameId, seed: "a seed", races })
        assert.strictEqual(status.turn, 0)
        return instance
      })

      it("names its hosts, and says that they answer", () =>
        Effect.gen(function* () {
          const hosts = yield* (yield* EngineHost).hosts
          assert.isAbove(hosts.length, 0)
          assert.strictEqual(new Set(hosts.map((it) => it.hostId)).size, hosts.length)
          assert.isTrue(hosts.every((it) => it.answers))
        }))

      it("an engine that was started serves", () =>
        Effect.gen(function* () {
          const gameId = yield* newGame
          assert.isTrue(Option.isNone(yield* inspect(gameId, 1)))
          const instance = yield* begun(gameId)
          const { epoch, hostId } = yield* specOf(gameId, 1)
          assert.deepInclude(instance, { gameId, hostId, epoch })
          assert.deepStrictEqual(yield* inspect(gameId, 1), Option.some(instance))
          assert.deepStrictEqual(yield* running(gameId), [instance])
          yield* stop(gameId)
        }))

      it("an engine is held by whoever asks, and may be stopped all the same", () =>
        Effect.gen(function* () {
          const host = yield* EngineHost
          const gameId = yield* newGame
          const instance = yield* start(gameId)
          yield* Effect.scoped(
            Effect.gen(function* () {
              assert.isTrue(yield* host.hold(instance))
              assert.isTrue(yield* host.hold(instance))
            })
          )
          assert.isFalse((yield* host.asleep).has(gameId))
          yield* Effect.scoped(Effect.andThen(host.hold(instance), stop(gameId)))
          assert.isTrue(Option.isNone(yield* inspect(gameId, 1)))
          assert.isFalse((yield* host.asleep).has(gameId), "it was stopped, and doesn't sleep")
        }))

      it("of a run on another backend's host nothing is known, so that its engine may be called", () =>
        Effect.gen(function* () {
          const host = yield* EngineHost
          const gameId = yield* newGame
          const instance = yield* start(gameId)
          const other = { ...instance, hostId: "not-this-one", epoch: 2 }
          assert.isTrue(yield* Effect.scoped(host.hold(other)))
          assert.strictEqual((yield* Effect.flip(host.inspect(other)))._tag, "EngineHostUnavailable")
          yield* stop(gameId)
        }))

      it("fifty callers who start the same game's engine at once get the same one", () =>
        Effect.gen(function* () {
          const gameId = yield* newGame
          const instances = yield* Effect.all(
            Array.from({ length: 50 }, () => start(gameId)),
            { concurrency: "unbounded" }
          )
          assert.strictEqual(new Set(instances.map((it) => it.instanceId)).size, 1)
          assert.strictEqual((yield* running(gameId)).length, 1)
          assert.strictEqual((yield* start(gameId)).instanceId, instances[0]?.instanceId)
          yield* stop(gameId)
        }))

      it("engines of different games don't share anything", () =>
        Effect.gen(function* () {
          const [one, two] = yield* Effect.all([newGame, newGame])
          const [first, second] = yield* Effect.all([begun(one), begun(two)], { concurrency: 2 })
          assert.notStrictEqual(first.endpoint.origin, second.endpoint.origin)
          yield* stop(one)
          yield* healthy(second)
          yield* stop(two)
        }))

      it("an engine answers whoever has the token that it was started with, and nobody else", () =>
        Effect.gen(function* () {
          const client = yield* EngineClient.EngineClient
          const gameId = yield* newGame
          const engine = yield* begun(gameId)
          yield* client.probe(accessTo(engine))
          const stranger = { endpoint: engine.endpoint, token: tokenOf(gameId, 2) }
          const refused = yield* Effect.flip(client.turn(stranger, 1))
          // Not an answer for a player: to the platform, an engine that takes another token is out of reach.
          assert.deepInclude(refused, { _tag: "EngineUnreachable", stranger: true })
          assert.deepInclude(yield* Effect.flip(client.probe(stranger)), { _tag: "EngineUnreachable", stranger: true })
          assert.notInclude(JSON.stringify(engine), Redacted.value(accessTo(engine).token))
          yield* stop(gameId)
        }))

      it("a stopped engine is gone, and its state is there for the next epoch", () =>
        Effect.gen(function* () {
          const host = yield* EngineHost
          const client = yield* EngineClient.EngineClient
          const gameId = yield* newGame
          const first = yield* begun(gameId)
          assert.strictEqual((yield* turn(first, 1)).turn, 1)
          yield* stop(gameId)
          assert.isTrue(Option.isNone(yield* inspect(gameId, 1)))
          assert.isTrue(Option.isNone(yield* host.ended(first)), "it was asked to end")
          assert.strictEqual((yield* Effect.flip(client.health(accessTo(first))))._tag, "EngineUnreachable")
          assert.deepStrictEqual(yield* running(gameId), [])
          yield* stop(gameId)

          const second = yield* start(gameId, 2)
          assert.notStrictEqual(second.instanceId, first.instanceId)
          yield* healthy(second)
          assert.strictEqual((yield* turn(second, 2)).turn, 2)
          yield* stop(gameId)
        }))

      it("an epoch that is over can't be started again", () =>
        Effect.gen(function* () {
          const gameId = yield* newGame
          yield* start(gameId)
          yield* stop(gameId)
          assert.strictEqual((yield* Effect.flip(start(gameId, 1)))._tag, "EngineGone")
          assert.deepStrictEqual(yield* running(gameId), [])
          yield* start(gameId, 2)
          yield* stop(gameId)
        }))

      it("a higher epoch takes the place of a lower one, which is stale from then on", () =>
        Effect.gen(function* () {
          const client = yield* EngineClient.EngineClient
          const gameId = yield* newGame
          const first = yield* begun(gameId)
          assert.strictEqual((yield* turn(first, 1)).turn, 1)
          const fourth = yield* start(gameId, 4)
          yield* healthy(fourth)
          assert.strictEqual((yield* turn(fourth, 2)).turn, 2)
          assert.deepStrictEqual(yield* running(gameId), [fourth])
          assert.isTrue(Option.isNone(yield* inspect(gameId, 1)))
          assert.strictEqual((yield* Effect.flip(client.turn(accessTo(first), 2)))._tag, "EngineUnreachable")
          assert.deepInclude(yield* Effect.flip(start(gameId, 3)), { _tag: "EngineStale", epoch: 4 })
          assert.deepStrictEqual(yield* running(gameId), [fourth])
          yield* stop(gameId)
        }))

      it("of owners who start different epochs at once, the highest has the engine", () =>
        Effect.gen(function* () {
          const gameId = yield* newGame
          const outcomes = yield* Effect.all(
            [3, 1, 5, 2, 5, 4].map((epoch) => Effect.result(start(gameId, epoch))),
            { concurrency: "unbounded" }
          )
          for (const it of outcomes) if (it._tag === "Failure") assert.strictEqual(it.failure._tag, "EngineStale")
          assert.deepStrictEqual(
            (yield* running(gameId)).map((it) => it.epoch),
            [5]
          )
          yield* stop(gameId)
        }))

      it("who was overtaken neither stops nor discards the engine of a later epoch", () =>
        Effect.gen(function* () {
          const gameId = yield* newGame
          yield* begun(gameId)
          const second = yield* start(gameId, 2)
          yield* stop(gameId, 1)
          yield* discard(gameId, 1)
          assert.deepStrictEqual(yield* running(gameId), [second])
          yield* healthy(second)
          assert.strictEqual((yield* turn(second, 1)).turn, 1)
          yield* stop(gameId, 2)
          assert.deepStrictEqual(yield* running(gameId), [])
        }))

      it("a discarded engine leaves no state", () =>
        Effect.gen(function* () {
          const gameId = yield* newGame
          yield* begun(gameId)
          yield* discard(gameId)
          assert.isTrue(Option.isNone(yield* inspect(gameId, 1)))
          yield* discard(gameId)
          const engine = yield* start(gameId, 2)
          yield* healthy(engine)
          // There is no galaxy any more, so no turn of it can be made.
          assert.strictEqual((yield* Effect.flip(turn(engine, 1)))._tag, "EngineRefused")
          yield* discard(gameId)
        }))

      it("an engine that begins afresh has no state, and leaves none", () =>
        Effect.gen(function* () {
          const gameId = yield* newGame
          yield* begun(gameId)
          const second = yield* begun(gameId, 2, { fresh: true })
          assert.strictEqual((yield* turn(second, 1)).turn, 1)
          yield* stop(gameId)
          const third = yield* start(gameId, 3)
          yield* healthy(third)
          assert.strictEqual((yield* Effect.flip(turn(third, 1)))._tag, "EngineRefused")
          yield* discard(gameId)
        }))

      it("an unknown image fails permanently", () =>
        Effect.gen(function* () {
          const gameId = yield* newGame
          const error = yield* Effect.flip(start(gameId, 1, { imageRef: "nobody/knows:9.9.9", version: "9.9.9" }))
          assert.deepInclude(error, { _tag: "EngineStartFailed", permanent: true })
          assert.isTrue(Option.isNone(yield* inspect(gameId, 1)))
        }))

      it("a host that isn't there is unavailable", () =>
        Effect.gen(function* () {
          const gameId = yield* newGame
          const error = yield* Effect.flip(start(gameId, 1, { hostId: "nowhere" }))
          assert.strictEqual(error._tag, "EngineHostUnavailable")
          assert.deepStrictEqual(yield* running(gameId), [])
        }))
    },
    { liveClock: true }
  )
