import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { engineConformance } from "@galaxy/testkit/engine/conformance"
import { Effect } from "effect"
import { EngineProcess } from "./EngineProcess.ts"

const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "galaxy-conformance-"))),
  (made) => Effect.promise(() => rm(made, { recursive: true }))
)

const running = Effect.fnUntraced(function* (stateDir: string) {
  const engine = yield* Effect.acquireRelease(
    Effect.sync(() => new EngineProcess({ GALAXY_STATE_DIR: stateDir, GALAXY_ENGINE_VERSION: "4.5.6" })),
    (it) => Effect.promise(() => it.end("SIGKILL"))
  )
  const line = yield* Effect.promise(() => engine.listening())
  if (line === undefined) return yield* Effect.die(new Error(engine.stderr))
  return { engine, stateDir, baseUrl: engine.origin }
})

engineConformance({
  name: "the Galaxy engine, as a process",
  start: folder.pipe(Effect.flatMap(running)),
  restart: ({ engine, stateDir }) =>
    Effect.andThen(
      Effect.promise(() => engine.end("SIGKILL")),
      running(stateDir)
    ),
  validOrder: (report, number) => {
    const [planet] = report["my_planets"] as ReadonlyArray<{ readonly number: number }>
    return { op: "rename_planet", planet: planet?.number, name: `Name_${number}` }
  },
  refusedOrder: { op: "vote", race: "nobody at all" },
  version: "4.5.6"
})
