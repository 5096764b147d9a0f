/** No interleaving of two owners, their engines and cuts loses an order that a player knows of, or tells of two turns N. */
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { Effect } from "effect"
import * as ModelEngine from "./model/modelEngine.ts"
import { schedules } from "./model/suite.ts"

eachDatabase((name, database) => schedules(name, database, 1, 2, Effect.succeed(ModelEngine.engines)))
