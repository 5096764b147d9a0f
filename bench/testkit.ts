/** How long the testkit's platform takes to start and to be made new, beside an embedded database alone. */
import * as TestDatabase from "@galaxy/testkit/TestDatabase"
import { startGalaxy } from "@galaxy/testkit/startGalaxy"
import { Effect, Layer } from "effect"
import { measure, type Rate } from "./measure.ts"

/** Starts of each per second; everything that is started is ended again, within the time. */
export const testkit = async (): Promise<ReadonlyArray<Rate>> => {
  await using galaxy = await startGalaxy()
  return await measure([
    {
      name: "an embedded database is opened and closed",
      once: () => Effect.runPromise(Effect.scoped(Layer.build(TestDatabase.layerPglite)))
    },
    { name: "a platform is started and closed", once: async () => (await startGalaxy()).close() },
    { name: "a platform is reset", once: () => galaxy.reset() }
  ])
}
