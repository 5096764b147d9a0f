/** Images of a Docker double: the real engine, run in this process, and a program that does nothing. */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Exit, Layer, Redacted, Scope } from "effect"
import { engineIn } from "../engine/InProcessEngineHost.ts"
import { type DockerImage, Refusal } from "./Containers.ts"

const failed = (reason: string) => new Refusal(500, `failed to create shim task: OCI runtime create failed: ${reason}`)

/** The engine of this repository. It reads the variables of the real image, and its port is `8080/tcp`. */
export const engineImage: DockerImage = {
  run: async ({ env, hostPath, port }) => {
    const token = env["GALAXY_ENGINE_TOKEN"] ?? ""
    if (token === "") throw failed("GALAXY_ENGINE_TOKEN is not set")
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
      throw failed(error instanceof Error ? error.message : String(error))
    }
    return { end }
  }
}

/** A program that waits until it is ended. */
export const idleImage: DockerImage = { run: () => Promise.resolve({ end: () => Promise.resolve() }) }
