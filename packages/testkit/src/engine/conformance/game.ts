/** The game that the checks play: race names as players choose them, ids and a seed as the platform makes them. */
import * as assert from "../../internal/assert.ts"
import { Effect } from "effect"
import * as Calls from "./calls.ts"
import type { JsonFields, RunningEngine, EngineUnderTest } from "./Check.ts"

/** Names in every alphabet that the platform allows, in an order that isn't alphabetical. */
export const races = ["Terrans", "Лиряне", "Étoiles-7"] as const

/** The game that the checks create. */
export const gameId = "1f0c9be0-6d5e-4b8a-9a51-0a8f3c0d7e01"
/** Another game, whose `init` an engine must refuse once it has a galaxy. */
export const otherGameId = "1f0c9be0-6d5e-4b8a-9a51-0a8f3c0d7e02"
/** The platform's player ids for `races`, in the same order. */
export const playerIds = [
  "f3b0c442-98fc-4c14-9afb-f4c8996fb924",
  "27ae41e4-649b-434c-a495-991b7852b855",
  "a7ffc6f8-bf1e-47c6-951a-5ff4a3c1f8d4"
] as const

/** Only the engine may know it: no answer may contain it. */
export const seed = "a-seed-that-no-answer-holds-5b1e"

/** A well-formed race name that isn't in the game. */
export const nobody = "Nobody-Of-This-Name"

/** The body of `init` for this game, with the engine's options. */
export const initOf = (subject: { readonly options?: object }) => ({
  game_id: gameId,
  seed,
  ...(subject.options === undefined ? {} : { options: subject.options }),
  races: races.map((name, index) => ({ name, player_id: playerIds[index] }))
})

/** A new engine with a new galaxy. */
export const begun = Effect.fnUntraced(function* <Engine extends RunningEngine>(subject: EngineUnderTest<Engine>) {
  const engine = yield* subject.start
  const status = Calls.statusIn(yield* Calls.init(engine, initOf(subject)))
  assert.strictEqual(status.turn, 0)
  return { engine, status }
})

/** Three valid orders of a race. Values of `from` that are three or more apart give different orders. */
export const ordersOf = <Engine extends RunningEngine>(
  subject: EngineUnderTest<Engine>,
  engine: Engine,
  race: string,
  from = 0
) =>
  Effect.map(Calls.report(engine, race), (answer) => {
    const report = Calls.object(answer)
    const valid = (number: number): JsonFields => subject.validOrder(report, number)
    return [valid(from), valid(from + 1), valid(from + 2)] as const
  })
