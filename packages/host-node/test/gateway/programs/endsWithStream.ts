/** A platform whose gateway follows the push log over gRPC; it is closed with that stream open. */
import * as TestGalaxy from "@galaxy/testkit/Galaxy"
import { Effect } from "effect"

const followed = Effect.gen(function* () {
  const { gatewayUrl } = yield* TestGalaxy.Galaxy
  const ready = Effect.promise(async () => (await fetch(`${gatewayUrl}/readyz`)).status)
  yield* Effect.repeat(Effect.andThen(Effect.sleep("10 millis"), ready), { until: (status) => status === 200 })
})

await Effect.runPromise(Effect.provide(followed, TestGalaxy.layer()))
const closed = performance.now()
process.once("exit", () => console.log(performance.now() - closed))
