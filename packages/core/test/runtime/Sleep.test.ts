import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { layer } from "@effect/vitest"
import { atWorkOn } from "./fixture.ts"
import { layerOf } from "../engine/ScriptedEngines.ts"
import { manyWithFew } from "./sleepCase.ts"

eachDatabase((name, database) => {
  layer(atWorkOn(database, layerOf({ most: 3 })), { timeout: "240 seconds", excludeTestServices: true })(
    `engines that sleep on ${name}`,
    (it) => {
      it.effect("twenty games need three engines", () => manyWithFew(20, 3))
    }
  )
})
