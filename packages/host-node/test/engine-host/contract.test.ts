import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as ChildProcessEngineHost from "@galaxy/host-node/engine-host/ChildProcessEngineHost"
import { builtinImage } from "@galaxy/host-node/engine-host/EngineProgram"
import { engineHost } from "@galaxy/testkit/contract/engineHost"
import { contract } from "@galaxy/testkit/contract/vitest"
import * as InProcessEngineHost from "@galaxy/testkit/engine/InProcessEngineHost"
import { Effect, Layer } from "effect"

const temporary = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "galaxy-engine-host-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

contract(
  "EngineHost contract: child process",
  engineHost(Layer.unwrap(Effect.map(temporary, (dataDir) => ChildProcessEngineHost.layer({ dataDir }))), builtinImage)
)
contract("EngineHost contract: in this process", engineHost(InProcessEngineHost.layer(), builtinImage))
