import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { listsReadTheirPage } from "./manyJoins.ts"

eachDatabase((name, storage) => {
  listsReadTheirPage(storage, `lists of 10,000 invites, applications and names on ${name} read only their page`, 10_000)
})
