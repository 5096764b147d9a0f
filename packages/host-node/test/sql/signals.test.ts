/** Signals between writers and readers of a database, within a process and across several. */
import * as DatabaseSignal from "@galaxy/core/shared/DatabaseSignal"
import { databaseSignal } from "@galaxy/testkit/contract/databaseSignal"
import { contract } from "@galaxy/testkit/contract/vitest"
import * as TestDatabase from "@galaxy/testkit/TestDatabase"
import { Layer } from "effect"

const withinProcess = DatabaseSignal.layerProcess.pipe(Layer.provideMerge(TestDatabase.layerPglite))

contract("DatabaseSignal contract: within the process", databaseSignal(withinProcess))

TestDatabase.eachDatabase((name, layer) =>
  contract(`DatabaseSignal contract: NOTIFY of ${name}`, databaseSignal(layer))
)
