/** Checks of an engine's beginning: health, the galaxy's creation, its status and the first reports. */
import * as assert from "../../internal/assert.ts"
import { Effect } from "effect"
import * as Calls from "./calls.ts"
import type { Check } from "./Check.ts"
import { begun, gameId, initOf, nobody, otherGameId, ordersOf, playerIds, races, seed } from "./game.ts"

/** `init` makes one galaxy, the same for the same seed, and only for the first game id that it is called with. */
export const beginning: ReadonlyArray<Check> = [
  {
    name: "healthz says ok and the version, before and after there is a galaxy",
    run: Effect.fnUntraced(function* (subject) {
      const engine = yield* subject.start
      const healthy = Effect.map(Calls.health(engine), (answer) => {
        const { status, version } = Calls.object(answer)
        assert.strictEqual(status, "ok")
        assert.isString(version)
        assert.isNotEmpty(version)
        if (subject.version !== undefined) assert.strictEqual(version, subject.version)
      })
      yield* healthy
      Calls.statusIn(yield* Calls.init(engine, initOf(subject)))
      yield* healthy
    })
  },
  {
    name: "without a galaxy, requests that need one are a conflict",
    run: Effect.fnUntraced(function* (subject) {
      const engine = yield* subject.start
      const [race] = races
      const calls = [
        Calls.status(engine),
        Calls.turn(engine, 1),
        Calls.banish(engine, race),
        Calls.order(engine, { actor: race, turn: 0, orders: [] }),
        Calls.command(engine, { actor: race, turn: 0, commands: [] }),
        Calls.orders(engine, race),
        Calls.report(engine, race, 0)
      ]
      for (const call of calls) Calls.refused(yield* call, "conflict")
    })
  },
  {
    name: "init creates the galaxy, and its status has what the platform keeps",
    run: Effect.fnUntraced(function* (subject) {
      const { engine, status } = yield* begun(subject)
      assert.strictEqual(status.game_id, gameId)
      assert.isFalse(status.finished)
      assert.deepStrictEqual(status.winners, [])
      assert.deepStrictEqual(
        status.players.map((it) => [it.race, it.player_id]),
        races.map((race, index) => [race, String(playerIds[index])]),
        "races in their order, with the ids that they were given"
      )
      for (const player of status.players) {
        assert.isFalse(player.eliminated, player.race)
        assert.isAbove(player.planets, 0, `${player.race}: planets`)
        assert.isAtLeast(player.population, 0, `${player.race}: population`)
        assert.isAtLeast(player.industry, 0, `${player.race}: industry`)
        const { planets, population } = player
        assert.deepStrictEqual(
          [player.initial_planets, player.initial_population, player.max_planets, player.max_population],
          [planets, population, planets, population],
          `${player.race}: at turn 0 the initial values and the best ones are those of the moment`
        )
      }
      assert.deepStrictEqual(Calls.statusIn(yield* Calls.status(engine)), status)
    })
  },
  {
    name: "init for the same game answers the same and changes nothing, also later",
    run: Effect.fnUntraced(function* (subject) {
      const { engine, status } = yield* begun(subject)
      const report = Calls.object(yield* Calls.report(engine, races[0], 0))
      const again = Effect.map(Calls.init(engine, initOf(subject)), Calls.statusIn)
      assert.deepStrictEqual(yield* again, status)
      assert.deepStrictEqual(Calls.object(yield* Calls.report(engine, races[0], 0)), report)
      const made = Calls.statusIn(yield* Calls.turn(engine, 1))
      assert.deepStrictEqual(yield* again, status, "after a turn init still answers what it answered")
      assert.deepStrictEqual(Calls.statusIn(yield* Calls.status(engine)), made)
    })
  },
  {
    name: "init that comes several times at once creates one galaxy",
    run: Effect.fnUntraced(function* (subject) {
      const engine = yield* subject.start
      const answers = yield* Effect.all(
        Array.from({ length: 4 }, () => Effect.map(Calls.init(engine, initOf(subject)), Calls.statusIn)),
        { concurrency: "unbounded" }
      )
      const status = Calls.statusIn(yield* Calls.status(engine))
      for (const answer of answers) assert.deepStrictEqual(answer, status)
    })
  },
  {
    name: "init for another game is a conflict and changes nothing",
    run: Effect.fnUntraced(function* (subject) {
      const { engine, status } = yield* begun(subject)
      Calls.refused(yield* Calls.init(engine, { ...initOf(subject), game_id: otherGameId }), "conflict")
      assert.deepStrictEqual(Calls.statusIn(yield* Calls.status(engine)), status)
    })
  },
  {
    name: "init without races or with a game id of another form is refused, and leaves room for a right one",
    run: Effect.fnUntraced(function* (subject) {
      const engine = yield* subject.start
      const right = initOf(subject)
      for (const wrong of [{ races: [] }, { game_id: "1" }, { seed: 1 }, { races: [{ name: "Terrans" }] }]) {
        Calls.refused(yield* Calls.init(engine, { ...right, ...wrong }), "invalid_request", JSON.stringify(wrong))
      }
      Calls.refused(yield* Calls.status(engine), "conflict")
      Calls.statusIn(yield* Calls.init(engine, right))
    })
  },
  {
    name: "the same seed gives the same galaxy",
    run: Effect.fnUntraced(function* (subject) {
      const [one, two] = yield* Effect.all([begun(subject), begun(subject)])
      assert.deepStrictEqual(one.status, two.status)
      for (const race of races) {
        const reports = yield* Effect.all([Calls.report(one.engine, race, 0), Calls.report(two.engine, race, 0)])
        assert.deepStrictEqual(Calls.object(reports[0]), Calls.object(reports[1]))
      }
    })
  },
  {
    name: "every race has a report of turn 0, under its name",
    run: Effect.fnUntraced(function* (subject) {
      const { engine } = yield* begun(subject)
      for (const race of races) {
        const report = Calls.object(yield* Calls.report(engine, race, 0))
        assert.deepInclude(report, { race, turn: 0 })
        const newest = Calls.object(yield* Calls.report(engine, race))
        assert.deepStrictEqual(newest, report, "without a turn it is the newest report")
      }
    })
  },
  {
    name: "a report of an unknown race or turn is not found",
    run: Effect.fnUntraced(function* (subject) {
      const { engine } = yield* begun(subject)
      Calls.refused(yield* Calls.report(engine, nobody, 0), "not_found")
      Calls.refused(yield* Calls.report(engine, races[0], 1), "not_found")
      Calls.refused(yield* Calls.report(engine, races[0], "x"), "invalid_request")
      Calls.refused(yield* Calls.send(engine, "GET", "/api/v1/report"), "invalid_request")
    })
  },
  {
    name: "no answer holds the seed",
    run: Effect.fnUntraced(function* (subject) {
      const { engine } = yield* begun(subject)
      const orders = yield* ordersOf(subject, engine, races[0], 0)
      const answers = yield* Effect.all([
        Calls.init(engine, initOf(subject)),
        Calls.init(engine, { ...initOf(subject), game_id: otherGameId }),
        Calls.order(engine, { actor: races[0], turn: 0, orders }),
        Calls.turn(engine, 1),
        Calls.status(engine),
        Calls.report(engine, races[0], 0),
        Calls.report(engine, races[0], 1),
        Calls.orders(engine, races[0], 0),
        Calls.health(engine)
      ])
      for (const { of, text } of answers) assert.notInclude(text, seed, of)
    })
  }
]
