/** The suite of docs/guides/write-your-own-engine.md, run on the built-in engine as a process. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { engineConformance } from "@galaxy/testkit/engine/conformance"
import { Effect } from "effect"

const program = process.execPath
const args = ["--conditions=@galaxy/source", fileURLToPath(new URL("../../src/engine/main.ts", import.meta.url))]

const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "conformance-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true }))
)

const spawned = (stateDir: string) => {
  const child = spawn(program, args, {
    env: { PATH: process.env["PATH"], GALAXY_STATE_DIR: stateDir, GALAXY_ENGINE_ADDR: "127.0.0.1:0" },
    stdio: ["ignore", "pipe", "inherit"]
  })
  const ended = once(child, "close")
  const kill = () => {
    child.kill("SIGKILL")
    return ended
  }
  return { listening: once(createInterface(child.stdout), "line"), kill }
}

/** The engine on a folder, until the test is over. */
const engineIn = Effect.fnUntraced(function* (stateDir: string) {
  const { listening, kill } = yield* Effect.acquireRelease(
    Effect.sync(() => spawned(stateDir)),
    (it) => Effect.promise(it.kill)
  )
  const [line] = yield* Effect.promise(() => listening)
  const { port } = JSON.parse(String(line)) as { readonly port: number }
  return { baseUrl: `http://127.0.0.1:${port}`, stateDir, kill }
})

engineConformance({
  name: "the built-in engine",
  start: folder.pipe(Effect.flatMap(engineIn)),
  // Without it, the tests of what survives a kill are skipped.
  restart: ({ kill, stateDir }) => Effect.promise(kill).pipe(Effect.andThen(engineIn(stateDir))),
  // Each number another order; all of them are valid together.
  validOrder: (report, number) => {
    const planets = report["my_planets"] as ReadonlyArray<{ readonly number: number }>
    return { op: "rename_planet", planet: planets[0]?.number, name: `Name_${number}` }
  },
  refusedOrder: { op: "vote", race: "nobody at all" }
})
