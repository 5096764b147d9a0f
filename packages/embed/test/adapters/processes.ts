/** The guide's engines with the game's own, as an adapter that a suite can be run on. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as EngineHost from "@galaxy/embed/EngineHost"
import { builtinImage, programOf } from "@galaxy/host-node/engine-host/EngineProgram"
import { Effect, Layer } from "effect"
import { processEngines } from "./engines.ts"

/** An image that it can start. */
export const image = "club/engine:1.0.0"

const program = programOf(builtinImage, 128)

/** Engines whose states are removed with the layer. */
export const layer = Layer.unwrap(
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "galaxy-adapter-"))),
      (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
    ),
    (folder) => EngineHost.layer(processEngines(folder, { [image]: [program?.file ?? "", ...(program?.args ?? [])] }))
  )
)
