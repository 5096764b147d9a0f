/** A whole platform on two Docker hosts, of which one is emptied, and one has its daemon killed. */
import { assert, it } from "@effect/vitest"
import { Galaxy } from "@galaxy/testkit/Galaxy"
import { player, runGame } from "@galaxy/testkit/players"
import { Effect } from "effect"
import { docker } from "./docker.ts"
import { onTwoHosts } from "./onTwoHosts.ts"
import { admin, engineOf, patiently, platformOn, turnsTold } from "./wholeBackend.ts"

onTwoHosts("a platform on two Docker hosts", (given) => {
  const runningThere = Effect.promise(() => docker(given.second.inside, "ps", "--quiet"))

  /** A game of two whose engine is on `beta`, and what one of them does in it. */
  const gameOnBeta = Effect.gen(function* () {
    const galaxy = yield* Galaxy
    yield* admin("engine-versions", { version: "0.1.0", image_ref: given.engine, reason: "a test" })
    yield* admin("engine-hosts/alpha/drain", { reason: "it begins elsewhere" })
    const [ada, lin] = [yield* player("Ada"), yield* player("Lin")]
    const { game_id } = yield* runGame([ada, lin])
    yield* admin("engine-hosts/alpha/undrain", { reason: "a test" })
    const before = yield* engineOf(game_id)
    assert.strictEqual(before.engine_host, "beta")
    const report = yield* ada.client.call("user.games.report", { game_id, turn: 0 })
    const planet = report.my_planets[0]?.number ?? -1
    const standing = (product: "WEAPONS" | "SHIELDS") => [{ op: "produce", planet, product } as const]
    const order = (product: "WEAPONS" | "SHIELDS") =>
      Effect.map(ada.client.call("user.games.order", { game_id, orders: standing(product) }), ({ verdicts }) =>
        assert.isTrue(verdicts.every((it) => it.accepted))
      )
    const ordered = Effect.map(ada.client.call("user.games.order.get", { game_id }), ({ orders }) => orders)
    /** Makes the next turn, and returns what the planet produces after it. */
    const nextTurn = (turn: number) =>
      Effect.gen(function* () {
        yield* galaxy.advance("1 hour")
        yield* Effect.repeat(lin.client.call("lobby.games.get", { game_id }), {
          until: (it) => it.current_turn === turn,
          ...patiently
        })
        const made = yield* Effect.retry(ada.client.call("user.games.report", { game_id, turn }), patiently)
        return made.my_planets.find((it) => it.number === planet)?.production
      })
    return { game_id, before, order, ordered, standing, nextTurn }
  })

  it.live("a game moves off a host that is emptied, with its orders, and each turn is told once", () =>
    Effect.gen(function* () {
      const { before, game_id, nextTurn, order, ordered, standing } = yield* gameOnBeta
      yield* order("WEAPONS")
      yield* admin("engine-hosts/beta/drain", { reason: "maintenance" })
      const moved = yield* Effect.repeat(engineOf(game_id), {
        until: (it) => it.engine_host === "alpha" && it.engine_endpoint !== null,
        ...patiently
      })
      assert.isAbove(moved.engine_epoch, before.engine_epoch)
      // Nothing is left there that runs.
      yield* Effect.repeat(runningThere, { until: (it) => it === "", ...patiently })
      assert.deepStrictEqual(yield* ordered, standing("WEAPONS"))
      assert.strictEqual(yield* nextTurn(1), "WEAPONS")
      assert.deepStrictEqual(yield* turnsTold, [1, 1])
      // It stays where it is.
      assert.deepStrictEqual(yield* engineOf(game_id), moved)
    }).pipe(Effect.scoped, Effect.provide(platformOn(() => given.second)))
  )

  it.live("a game goes on when the daemon of its host is killed and started again, and each turn is told once", () =>
    Effect.gen(function* () {
      const { before, game_id, nextTurn, order, ordered, standing } = yield* gameOnBeta
      yield* order("WEAPONS")
      yield* Effect.promise(() => given.second.killDaemon("SIGKILL"))
      // Its engine runs without it. Whoever gets an answer, here or from another host, has an order that counts.
      yield* Effect.retry(order("SHIELDS"), patiently)
      yield* Effect.promise(() => given.second.startDaemon())
      // The daemon has ended what it found, or the game has moved: in any case it has one engine that serves.
      assert.deepStrictEqual(yield* Effect.retry(ordered, patiently), standing("SHIELDS"))
      assert.strictEqual(yield* nextTurn(1), "SHIELDS")
      yield* order("WEAPONS")
      assert.strictEqual(yield* nextTurn(2), "WEAPONS")
      assert.deepStrictEqual(yield* turnsTold, [1, 1, 1, 1])
      const after = yield* engineOf(game_id)
      assert.isAbove(after.engine_epoch, before.engine_epoch)
      // Where the game isn't, nothing of it runs.
      const galaxy = yield* Galaxy
      yield* Effect.repeat(Effect.andThen(galaxy.advance("1 minute"), runningThere), {
        until: (it) => (it === "") === (after.engine_host !== "beta"),
        ...patiently
      })
    }).pipe(Effect.scoped, Effect.provide(platformOn(() => given.second)))
  )
})
