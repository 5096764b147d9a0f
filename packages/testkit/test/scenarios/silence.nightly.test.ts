/**
 * All connections to PostgreSQL fall silent at one moment, while new ones pass: requests, mails, turns and events go on
 * by themselves, and the log says once that something was lost and once that it is back.
 */
import type { PlayerEvent } from "@galaxy/client/PlayerEvent"
import * as PublicEdge from "@galaxy/client/PublicEdge"
import * as PgDatabaseSignal from "@galaxy/host-node/sql/PgDatabaseSignal"
import * as Postgres from "@galaxy/host-node/sql/Postgres"
import * as FaultyLink from "@galaxy/testkit/FaultyLink"
import * as TestGalaxy from "@galaxy/testkit/Galaxy"
import { player, runGame } from "@galaxy/testkit/players"
import * as TestDatabase from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Schedule } from "effect"

class Link extends Context.Service<Link, FaultyLink.FaultyLink>()("@galaxy/testkit/test/scenarios/Link") {}

const isTurn = (turn: number) => (event: PlayerEvent) => event.kind === "game.turn.ready" && event.payload.turn === turn

/** What has to go on after a silence, and how long it may take beside what it takes at all. */
const allowedMs = 15_000

const elapsed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const start = performance.now()
    yield* effect
    return performance.now() - start
  })

TestDatabase.onPostgres((_, server) => {
  const linked = Layer.effect(
    Link,
    Effect.flatMap(TestDatabase.cloneUrl(server), ({ url }) =>
      Effect.map(FaultyLink.to(url), (link) => ({ ...link, via: () => link.via(url) }))
    )
  ).pipe(Layer.orDie)
  const database = Layer.unwrap(
    Effect.map(Link, (link) =>
      PgDatabaseSignal.layer.pipe(Layer.provideMerge(Postgres.layerOwned({ url: link.via("") })), Layer.orDie)
    )
  )
  const platform = Layer.unwrap(
    Effect.map(Link, (link) => TestGalaxy.layer({ database: Layer.provide(database, Layer.succeed(Link, link)) }))
  ).pipe(Layer.provideMerge(linked))

  layer(platform, { timeout: "120 seconds", excludeTestServices: true })("silence of the database", (it) => {
    it.effect(
      "ends by itself: requests, mails, turns and events go on",
      () =>
        Effect.gen(function* () {
          const galaxy = yield* TestGalaxy.Galaxy
          const link = yield* Link
          const [ada, eve] = [yield* player("Ada"), yield* player("Eve")]
          yield* runGame([ada, eve], { turnSchedule: "0 * * * *" })
          const often = { schedule: Schedule.spaced("50 millis"), times: 1_200 }
          const asked = Effect.retry(ada.client.call("user.account.get", {}), often)
          const mailed = Effect.fnUntraced(function* (name: string) {
            const email = `${name}@example.org`
            yield* Effect.retry(PublicEdge.sendEmailCode(galaxy.gatewayUrl, { email }), often)
            const came = Effect.map(galaxy.mails, (mails) => mails.some((it) => it.to === email))
            yield* Effect.repeat(came, { until: (it) => it, ...often })
          })
          const heard = Effect.fnUntraced(function* (turn: number) {
            yield* Effect.retry(ada.events.next(isTurn(turn), `turn ${turn}`), { times: 3 })
          })
          const all = (name: string, turn: number) =>
            Effect.all(
              { request: elapsed(asked), mail: elapsed(mailed(name)), event: elapsed(heard(turn)) },
              { concurrency: "unbounded" }
            )
          yield* galaxy.advance("1 hour")
          const idle = yield* all("idle", 1)
          const inTime = (took: typeof idle) => {
            for (const what of ["request", "mail", "event"] as const) {
              assert.isBelow(took[what], Math.max(allowedMs, 20 * idle[what]), what)
            }
          }

          // In the middle of a turn.
          yield* galaxy.advance("1 hour")
          yield* link.swallow
          inTime(yield* all("lin", 2))

          // Between turns, with a pool full of connections.
          yield* Effect.all([asked, asked, asked, asked, asked, asked], { concurrency: "unbounded" })
          yield* link.swallow
          const between = yield* Effect.all([elapsed(asked), elapsed(mailed("tom"))], { concurrency: "unbounded" })
          yield* galaxy.advance("1 hour")
          const event = yield* elapsed(heard(3))
          inTime({ request: between[0], mail: between[1], event })
        }),
      300_000
    )
  })
})
