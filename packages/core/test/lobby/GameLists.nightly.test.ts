import { onPostgres } from "@galaxy/testkit/TestDatabase"
import { listsReadTheirPage } from "./manyGames.ts"

onPostgres((storage) => listsReadTheirPage(storage, "lists of 100,000 games read only their page", 100_000))
