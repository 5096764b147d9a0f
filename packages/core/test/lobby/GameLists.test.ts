import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { listsReadTheirPage } from "./manyGames.ts"

eachDatabase((name, storage) => {
  listsReadTheirPage(storage, `lists of 10,000 games on ${name} read only their page`, 10_000)
})
