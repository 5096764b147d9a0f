/** The game's own engine, for `engines` of a Galaxy: one child process for each game that is being played. */
import { resolve } from "node:path"
import * as ChildProcessEngineHost from "@galaxy/host-node/engine-host/ChildProcessEngineHost"
import { builtinImage, builtinVersion, programOf } from "@galaxy/host-node/engine-host/EngineProgram"
import * as diskSpace from "@galaxy/host-node/files/diskSpace"
import { Layer } from "effect"
import { GalaxyStartFailed } from "./errors.ts"
import { standFor } from "./internal/engineHosts.ts"

/** Where engines keep their games, and how much of the machine they may take. */
export interface BuiltInEnginesOptions {
  /** A game's state is in a folder below it, so keep it as safe as the database. It is made where it is missing. */
  readonly folder: string
  /** Engines that run at once, 64 when absent; further ones wait until those that are idle have been put to sleep. */
  readonly maxProcesses?: number | undefined
  /** How long an engine is idle before it is put to sleep, in milliseconds; half an hour when absent. */
  readonly sleepAfterMs?: number | undefined
  /** The program of Node 24 that runs engines; this process's own when absent, which must be Node then. */
  readonly node?: string | undefined
}

/** Engines that this package brings. They end when their Galaxy closes, or its process ends. */
export interface BuiltInEngines {
  readonly versions: Readonly<Record<string, string>>
}

const refuse = (message: string): never => {
  throw new GalaxyStartFailed("invalid_options", message)
}

const isCount = (it: number | undefined): boolean => it === undefined || (Number.isSafeInteger(it) && it > 0)

/** Throws `GalaxyStartFailed` where an option is wrong. Engines that can't be started say so when a game starts. */
export const builtInEngines = (options: BuiltInEnginesOptions): BuiltInEngines => {
  const { folder, maxProcesses, sleepAfterMs, node } = options
  if (typeof folder !== "string" || folder === "")
    refuse("engines: folder is missing: give one for the states of games")
  if (!isCount(maxProcesses)) refuse("engines: maxProcesses must be a whole number, 1 or more")
  if (!isCount(sleepAfterMs)) refuse("engines: sleepAfterMs must be a whole number of milliseconds, 1 or more")
  if (node === undefined && ("bun" in process.versions || "deno" in process.versions))
    refuse("engines: node is missing: engines run on Node 24, so give the path of its program")
  const dataDir = resolve(folder)
  const host = ChildProcessEngineHost.layer({
    dataDir,
    ...(maxProcesses === undefined ? {} : { maxEngines: maxProcesses }),
    ...(sleepAfterMs === undefined ? {} : { sleepAfter: sleepAfterMs }),
    programOf: (image, heapMb) => {
      const program = programOf(image, heapMb)
      return program === undefined || node === undefined ? program : { ...program, file: node }
    }
  })
  return standFor(
    { versions: { [builtinVersion]: builtinImage } },
    Layer.merge(host, diskSpace.layer({ "engine states": dataDir }))
  )
}
