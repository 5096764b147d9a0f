/** The game that the checks play: names as players have them, ids and a seed as the platform gives them. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import * as Calls from "./calls.ts"
import type { JsonFields, RunningEngine, EngineUnderTest } from "./Check.ts"

/** Of every alphabet that the platform allows, in an order that is not alphabetical. */
export const races = ["Terrans", "Лиряне", "Étoiles-7"] as const

export const gameId = "1f0c9be0-6d5e-4b8a-9a51-0a8f3c0d7e01"
export const otherGameId = "1f0c9be0-6d5e-4b8a-9a51-0a8f3c0d7e02"
export const playerIds = [
  "f3b0c442-98fc-4c14-9afb-f4c8996fb924",
  "27ae41e4-649b-434c-a495-991b7852b855",
  "a7ffc6f8-bf1e-47c6-951a-5ff4a3c1f8d4"
] as const

/** Nobody but the engine may know it. */
export const seed = "a-seed-that-no-answer-holds-5b1e"

export const nobody = "Nobody-Of-This-Name"

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

/** Three valid orders of a race, and three others for another number. */
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
