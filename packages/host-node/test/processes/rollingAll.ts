/**
 * Two backends and two gateways are replaced one after the other while players call, listen and play: no call that is tried
 * again is lost, no order, no turn and no event, and none comes twice.
 */
import type { PlayerEvent } from "@galaxy/client/PlayerEvent"
import * as codec from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import { assert, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { revokedEverywhere } from "./revokedEverywhere.ts"
import * as rollingGames from "./rollingGames.ts"
import { isThere, platform } from "./twoByTwo.ts"

const soon = (millis: number) => Effect.promise(() => new Promise<void>((resolve) => setTimeout(resolve, millis)))

const turnReady = (turn: number) => codec.encode(tables, "galaxy.push.GameTurnReady", { game_id: "g", turn })

export interface RollingAllOptions {
  /** Each two of them have a game. */
  readonly players: number
  /** Open streams of each player. */
  readonly streams: number
  /** How often all four are replaced. */
  readonly rounds: number
  /** How long after an event the next one follows, in milliseconds. */
  readonly everyMs: number
}

/** As a program calls that tries again: a call whose answer is missing may have run. */
const patiently =
  (retried: () => void) =>
  <A, E extends { readonly _tag: string }>(call: Effect.Effect<A, E>) =>
    call.pipe(
      Effect.tapError(() => Effect.andThen(Effect.sync(retried), soon(20))),
      Effect.retry({ times: 500, while: ({ _tag }) => _tag === "Unavailable" })
    )

/** What of an event is compared. */
const seenOf = (event: PlayerEvent) => ({
  sequence: event.sequence,
  turn: event.kind === "game.turn.ready" ? `${event.payload.game_id} ${event.payload.turn}` : undefined
})

/** Prints how many calls were made, and how many of them had to be tried again. */
export const rollsAll = ({ everyMs, players, rounds, streams }: RollingAllOptions): void => {
  it.live.skipIf(!isThere)(
    `two backends and two gateways are replaced under ${players * streams} streams: no call, no order, no turn and no event is lost, and a revocation reaches all`,
    () =>
      Effect.gen(function* () {
        const made = yield* platform
        const { backends, clientOf, gateways, log, player, sql } = made
        const story = { isOver: false }
        const isOver = () => story.isOver
        let retried = 0
        let longestMs = 0
        const again = patiently(() => void (retried += 1))
        const timed = <A, E>(call: Effect.Effect<A, E>) =>
          Effect.suspend(() => {
            const begun = performance.now()
            return Effect.ensuring(
              call,
              Effect.sync(() => {
                longestMs = Math.max(longestMs, performance.now() - begun)
              })
            )
          })

        const owners = yield* Effect.forEach(
          Array.from({ length: players }, (_, at) => `roll${at}`),
          (name) => player(name, streams),
          { concurrency: 2 }
        )
        const games = yield* Effect.forEach(
          Array.from({ length: players / 2 }, (_, at) => at),
          Effect.fnUntraced(function* (at) {
            const [one, other] = owners.slice(2 * at)
            if (one === undefined || other === undefined) return yield* Effect.die(new Error("a game is of two"))
            return yield* rollingGames.start(sql, again, [one, other], [`Vega${at}`, `Lyra${at}`])
          }),
          { concurrency: 2 }
        )
        const all = yield* Effect.forEach(
          owners,
          Effect.fnUntraced(function* (own) {
            const { client, ids, name, userId } = own
            // Whose first event is missed is told so by a gap: no request can resume after 0.
            yield* log.append([{ userId, kind: "game.turn.ready", payload: turnReady(0) }])
            const listeners = yield* Effect.forEach(
              ids,
              Effect.fnUntraced(function* (id) {
                const subscription = yield* (yield* clientOf(own, id)).subscribe("now")
                const seen: Array<ReturnType<typeof seenOf>> = []
                yield* Effect.forkScoped(
                  Stream.runForEach(subscription.events, (event) => Effect.sync(() => void seen.push(seenOf(event))))
                )
                yield* Stream.runHead(Stream.filter(subscription.state, ({ _tag }) => _tag === "live"))
                return { seen, begin: (yield* subscription.position) ?? 0 }
              }),
              { concurrency: 8 }
            )
            const calling = yield* Effect.forkScoped(
              Effect.gen(function* () {
                let calls = 0
                while (!story.isOver) {
                  const display_name = `${name} ${++calls}`
                  const changed = yield* timed(again(client.call("user.profile.update", { display_name })))
                  assert.strictEqual(changed.display_name, display_name)
                  const account = yield* timed(again(client.call("user.account.get", {})))
                  assert.strictEqual(account.display_name, display_name)
                  yield* soon(5)
                }
                return 2 * calls
              })
            )
            return { name, userId, listeners, calling }
          }),
          { concurrency: 2 }
        )

        let told = 0
        const telling = yield* Effect.forkScoped(
          Effect.gen(function* () {
            while (!story.isOver) {
              const payload = turnReady(++told)
              yield* log.append(all.map(({ userId }) => ({ userId, kind: "game.turn.ready", payload })))
              yield* soon(everyMs)
            }
          })
        )
        const playing = yield* Effect.forEach(games, (game) => Effect.forkScoped(game.play(isOver)))
        for (let round = 0; round < rounds; round++)
          for (const { replace } of [...backends, ...gateways]) yield* replace
        story.isOver = true
        yield* Fiber.join(telling)
        const played = yield* Fiber.joinAll(playing)

        let calls = 0
        let events = 0
        for (const { calling } of all) calls += yield* Fiber.join(calling)
        for (const [at, game] of games.entries()) yield* game.check(played[at]?.turns ?? 0)
        for (const { listeners, name, userId } of all) {
          const [last] = yield* sql<{ sequence: number }>`
            SELECT max(sequence)::int AS sequence FROM backend.push_events WHERE user_id = ${userId}`
          // Its own of the log, and those of its game, each once and in order.
          const turns = [
            Array.from({ length: told }, (_, index) => `g ${index + 1}`),
            ...games.flatMap(({ gameId, players }, place) =>
              players.some((it) => it.userId === userId)
                ? [Array.from({ length: played[place]?.turns ?? 0 }, (_, index) => `${gameId} ${index + 1}`)]
                : []
            )
          ]
          for (const { begin, seen } of listeners) {
            const length = (last?.sequence ?? 0) - begin
            const until = performance.now() + 60_000
            while (seen.length < length && performance.now() < until) yield* soon(10)
            assert.deepStrictEqual(
              seen.map((it) => it.sequence - begin),
              Array.from({ length }, (_, index) => index + 1),
              name
            )
            for (const wanted of turns) {
              const of = `${wanted[0]?.split(" ")[0]} `
              assert.deepStrictEqual(
                seen.flatMap(({ turn }) => (turn?.startsWith(of) === true ? [turn] : [])),
                wanted,
                name
              )
            }
            events += length
          }
        }
        yield* revokedEverywhere(made)
        const turns = played.map((it) => it.turns)
        yield* Effect.sync(() =>
          console.info(
            `${calls} calls, ${retried} tried again, the longest ${longestMs.toFixed(0)} ms; ${events} events on ${players * streams} streams; ${turns.join(", ")} turns, the longest ${Math.max(...played.map((it) => it.longestMs)).toFixed(0)} ms`
          )
        )
      }).pipe(Effect.scoped),
    900_000
  )
}
