/** Engines as processes of this machine. `commands` says what runs for an image, by its name. */
import { type ChildProcess, spawn } from "node:child_process"
import { randomUUID } from "node:crypto"
import { once } from "node:events"
import { mkdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { EngineRefused, type Engines, type EngineToStart, type RunningEngine } from "@galaxy/embed/engines"

interface Run {
  readonly engine: RunningEngine
  readonly child: ChildProcess
}

/** The port on which it listens; rejects when it ends before. */
const portOf = async (child: ChildProcess): Promise<number> => {
  const ended = once(child, "exit").then(() => Promise.reject(new Error("the engine ended before it listened")))
  const said = async () => {
    if (child.stdout === null) throw new TypeError("the engine has no output")
    for await (const line of createInterface(child.stdout)) {
      const { event, port } = JSON.parse(line) as { event?: string; port?: number }
      if (event === "listening" && port !== undefined) return port
    }
    return ended
  }
  const port = await Promise.race([said(), ended])
  // A full pipe would block the engine.
  child.stdout?.resume()
  return port
}

export const processEngines = (folder: string, commands: Readonly<Record<string, ReadonlyArray<string>>>): Engines => {
  const running = new Map<string, Run>()
  const stateOf = (gameId: string) => join(folder, gameId)

  const launch = async ({ epoch, gameId, imageRef, token, version }: EngineToStart): Promise<RunningEngine> => {
    const [file, ...args] = commands[imageRef] ?? []
    if (file === undefined) throw new EngineRefused(`there is no engine ${imageRef}`)
    await mkdir(stateOf(gameId), { recursive: true, mode: 0o700 })
    const child = spawn(file, args, {
      // Its input ends with this process, and so does the engine.
      stdio: ["pipe", "pipe", "inherit"],
      env: {
        PATH: process.env["PATH"],
        GALAXY_STATE_DIR: stateOf(gameId),
        GALAXY_ENGINE_ADDR: "127.0.0.1:0",
        GALAXY_ENGINE_VERSION: version,
        GALAXY_ENGINE_TOKEN: token,
        GALAXY_EXIT_WITH_PARENT: "1"
      }
    })
    const endpoint = `http://127.0.0.1:${await portOf(child)}`
    const run = { engine: { gameId, epoch, instanceId: randomUUID(), endpoint }, child }
    running.set(gameId, run)
    child.once("exit", () => {
      if (running.get(gameId) === run) running.delete(gameId)
    })
    return run.engine
  }

  const stop = async (gameId: string): Promise<void> => {
    const run = running.get(gameId)
    if (run === undefined) return
    // From now on nobody finds it: a call that came later would be cut off.
    running.delete(gameId)
    const gone = run.child.exitCode === null && run.child.signalCode === null ? once(run.child, "exit") : undefined
    run.child.kill("SIGTERM")
    const late = setTimeout(() => run.child.kill("SIGKILL"), 2_000)
    await gone
    clearTimeout(late)
  }

  return {
    versions: Object.fromEntries(Object.keys(commands).map((image) => [image.split(":")[1] ?? "1.0.0", image])),
    start: launch,
    inspect: async (gameId) => running.get(gameId)?.engine,
    list: async () => Array.from(running.values(), ({ engine }) => engine),
    stop,
    discard: async (gameId) => {
      await stop(gameId)
      await rm(stateOf(gameId), { recursive: true, force: true })
    }
  }
}
