import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { claimsOn } from "./claims.ts"

eachDatabase((name, database) => claimsOn(name, database, name === "PostgreSQL" ? 1_000 : 300))
