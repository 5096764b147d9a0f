/** The same as by day, in many more schedules, and in some with the real engine. */
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { Effect } from "effect"
import * as ModelEngine from "./model/modelEngine.ts"
import * as RealEngines from "./model/realEngines.ts"
import { schedules } from "./model/suite.ts"

eachDatabase((name, database) => {
  schedules(name, database, 1_001, 1_000, Effect.succeed(ModelEngine.engines))
  schedules(`${name}, of the real kind,`, database, 2_001, 30, RealEngines.make)
})
