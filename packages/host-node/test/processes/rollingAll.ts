/**
 * Two backends and two gateways are replaced one after the other while players call and listen: no call that is tried again is
 * lost, and no event, and none comes twice.
 */
import * as codec from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import { assert, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { revokedEverywhere } from "./revokedEverywhere.ts"
import { isThere, platform } from "./twoByTwo.ts"

const soon = (millis: number) => Effect.promise(() => new Promise<void>((resolve) => setTimeout(resolve, millis)))

const turnReady = (turn: number) => codec.encode(tables, "galaxy.push.GameTurnReady", { game_id: "g", turn })

export interface RollingAllOptions {
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

/** Prints how many calls were made, and how many of them had to be tried again. */
export const rollsAll = ({ everyMs, players, rounds, streams }: RollingAllOptions): void => {
  it.live.skipIf(!isThere)(
    `two backends and two gateways are replaced under ${players * streams} streams: no call is lost, nor an event, and a revocation reaches all`,
    () =>
      Effect.gen(function* () {
        const made = yield* platform
        const { backends, clientOf, gateways, log, player } = made
        const story = { isOver: false }
        let retried = 0
        let longestMs = 0
        const all = yield* Effect.forEach(
          Array.from({ length: players }, (_, at) => `roll${at}`),
          Effect.fnUntraced(function* (name) {
            const own = yield* player(name, streams)
            // Whose first event is missed is told so by a gap: no request can resume after 0.
            yield* log.append([{ userId: own.userId, kind: "game.turn.ready", payload: turnReady(0) }])
            const listeners = yield* Effect.forEach(
              own.ids,
              Effect.fnUntraced(function* (id) {
                const client = yield* clientOf(own, id)
                const subscription = yield* client.subscribe("now")
                const seen: Array<number> = []
                yield* Effect.forkScoped(
                  Stream.runForEach(subscription.events, ({ sequence }) => Effect.sync(() => void seen.push(sequence)))
                )
                yield* Stream.runHead(Stream.filter(subscription.state, ({ _tag }) => _tag === "live"))
                return { seen, begin: (yield* subscription.position) ?? 0 }
              }),
              { concurrency: 8 }
            )
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
            const calling = yield* Effect.forkScoped(
              Effect.gen(function* () {
                let calls = 0
                while (!story.isOver) {
                  const display_name = `${name} ${++calls}`
                  const changed = yield* timed(again(own.client.call("user.profile.update", { display_name })))
                  assert.strictEqual(changed.display_name, display_name)
                  const account = yield* timed(again(own.client.call("user.account.get", {})))
                  assert.strictEqual(account.display_name, display_name)
                  yield* soon(5)
                }
                return 2 * calls
              })
            )
            return { name, userId: own.userId, listeners, calling }
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
        for (let round = 0; round < rounds; round++)
          for (const { replace } of [...backends, ...gateways]) yield* replace
        story.isOver = true
        yield* Fiber.join(telling)

        let calls = 0
        const wanted = Array.from({ length: told }, (_, at) => at + 1)
        for (const { calling, listeners, name } of all) {
          calls += yield* Fiber.join(calling)
          for (const { begin, seen } of listeners) {
            const until = performance.now() + 60_000
            while (seen.length < told && performance.now() < until) yield* soon(10)
            assert.deepStrictEqual(
              seen.map((it) => it - begin),
              wanted,
              name
            )
          }
        }
        yield* revokedEverywhere(made)
        yield* Effect.sync(() =>
          console.info(
            `${calls} calls, ${retried} tried again, the longest ${longestMs.toFixed(0)} ms; ${told} events to each stream`
          )
        )
      }).pipe(Effect.scoped),
    900_000
  )
}
