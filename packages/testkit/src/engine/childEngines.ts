/** The engines of a real host: a process for each, in a temporary folder that is deleted with the layer. */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { EngineHost } from "@galaxy/core/engine/EngineHost"
import * as ChildProcessEngineHost from "@galaxy/host-node/engine-host/ChildProcessEngineHost"
import { Effect, Layer } from "effect"

/** A start is late by the platform's clock, which tests move by days. */
const startTimeout = "10000 days"

/** At most so many processes at a time; the engines of the other games sleep. */
export const childEngines = (most: number): Layer.Layer<EngineHost> =>
  Layer.unwrap(
    Effect.map(
      Effect.acquireRelease(
        Effect.promise(() => mkdtemp(join(tmpdir(), "galaxy-child-engines-"))),
        (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
      ),
      (dataDir) => ChildProcessEngineHost.layer({ dataDir, maxEngines: most, startTimeout })
    )
  )
