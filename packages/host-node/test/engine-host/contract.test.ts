import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as ChildProcessEngineHost from "@galaxy/host-node/engine-host/ChildProcessEngineHost"
import { builtinImage } from "@galaxy/host-node/engine-host/EngineProgram"
import { engineHost } from "@galaxy/testkit/contract/engineHost"
import * as InProcessEngineHost from "@galaxy/testkit/engine/InProcessEngineHost"
import { Effect, Layer } from "effect"

const temporary = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "galaxy-engine-host-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

engineHost(
  "child process",
  Layer.unwrap(Effect.map(temporary, (dataDir) => ChildProcessEngineHost.layer({ dataDir }))),
  builtinImage
)
engineHost("in this process", InProcessEngineHost.layer(), builtinImage)
