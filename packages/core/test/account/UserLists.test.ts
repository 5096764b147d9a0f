import { onPostgres } from "@galaxy/testkit/TestDatabase"
import { listsUseTheirIndexes } from "./manyUsers.ts"

onPostgres((storage) => listsUseTheirIndexes(storage, "lists of 100,000 users", 100_000, 10_000))
