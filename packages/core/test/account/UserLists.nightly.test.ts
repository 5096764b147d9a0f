import { onPostgres } from "@galaxy/testkit/TestDatabase"
import { listsUseTheirIndexes } from "./manyUsers.ts"

onPostgres((storage) => listsUseTheirIndexes(storage, "lists of 1,000,000 users", 1_000_000, 60_000))
