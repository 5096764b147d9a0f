/**
 * A backend in a process of its own that ends itself by SIGKILL right before or after its N-th commit: the fixture of
 * the crash tests.
 *
 * It does one operation and what follows from it. Prints "killed", or the number of commits if it had fewer.
 */
import { writeSync } from "node:fs"
import { layerAt } from "@galaxy/testkit/TestDatabase"
import { Effect, Schema } from "effect"
import { platformOn, surfaces } from "../http/platform.ts"
import { watching } from "./dying.ts"
import { ask, engines, follow, type Operation, Place } from "./place.ts"

const Order = Schema.Struct({
  database: Schema.String,
  operation: Schema.String,
  place: Place,
  when: Schema.Literals(["before", "after"]),
  commit: Schema.Int
})

const order = Schema.decodeUnknownSync(Schema.fromJsonString(Order))(process.env["CRASH"] ?? "")

const dying = watching(order)

const program = Effect.gen(function* () {
  const call = yield* surfaces
  yield* engines(order.place)
  dying.count(true)
  yield* ask(order.operation as Operation, call, order.place)
  yield* follow
  dying.count(false)
})

await Effect.runPromise(
  Effect.scoped(program).pipe(Effect.provide(platformOn(layerAt(order.database, { watch: dying.watch }))))
)
writeSync(1, `${dying.commits()}\n`)
process.exit(0)
