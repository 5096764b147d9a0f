/** Images of a Docker double: the real engine, run in this process, and programs that do next to nothing. */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Exit, Layer, Redacted, Scope } from "effect"
import { engineIn } from "../engine/InProcessEngineHost.ts"
import type { DockerExit, DockerImage } from "./Containers.ts"

/** The engine of this repository. It reads the variables of the real image, and its port is `8080/tcp`. */
export const engineImage: DockerImage = {
  run: async ({ env, hostPath, log, port }) => {
    const token = env["GALAXY_ENGINE_TOKEN"] ?? ""
    const refused = (problem: string) => {
      log(`galaxy-engine: ${problem}`)
      return { end: () => Promise.resolve(), ended: Promise.resolve({ code: 2 }) }
    }
    if (token === "") return refused("GALAXY_ENGINE_TOKEN: must be set to the token that callers have to send")
    const mounted = hostPath(env["GALAXY_STATE_DIR"] ?? "/var/lib/galaxy")
    const folder = mounted ?? (await mkdtemp(join(tmpdir(), "galaxy-docker-state-")))
    const options = { version: env["GALAXY_ENGINE_VERSION"] ?? "0.1.0", token: Redacted.make(token) }
    const scope = await Effect.runPromise(Scope.make())
    const end = async () => {
      await Effect.runPromise(Scope.close(scope, Exit.void))
      if (mounted === undefined) await rm(folder, { recursive: true, force: true, maxRetries: 3 })
    }
    try {
      await Effect.runPromise(Layer.buildWithScope(engineIn(folder, options, port("8080/tcp")), scope))
    } catch (error) {
      await end()
      return refused(error instanceof Error ? error.message : String(error))
    }
    return { end }
  }
}

/** A program that waits until it is ended. */
export const idleImage: DockerImage = { run: () => Promise.resolve({ end: () => Promise.resolve() }) }

const endsWith = (exit: DockerExit, line?: string): DockerImage => ({
  run: ({ log }) => {
    if (line !== undefined) log(line)
    return Promise.resolve({ end: () => Promise.resolve(), ended: Promise.resolve(exit) })
  }
})

/** A program that writes `it fails` and ends with code 3. */
export const failingImage: DockerImage = endsWith({ code: 3 }, "it fails")

/** A program that takes memory until the system ends it. */
export const eatingImage: DockerImage = endsWith({ code: 137, oomKilled: true })

/** An image without a program that runs: an init process reports it, so the start itself succeeds. */
export const programlessImage: DockerImage = endsWith(
  { code: 127 },
  "[FATAL tini (7)] exec node failed: No such file or directory"
)
