import { onPostgres } from "@galaxy/testkit/TestDatabase"
import { listsReadTheirPage } from "./manyJoins.ts"

onPostgres((storage) =>
  listsReadTheirPage(storage, "lists of 200,000 invites, applications and names read only their page", 200_000)
)
