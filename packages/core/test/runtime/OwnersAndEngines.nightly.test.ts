/** The same as by day, in many more schedules. */
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { schedules } from "./model/suite.ts"

eachDatabase((name, database) => schedules(name, database, 1_001, 1_000))
