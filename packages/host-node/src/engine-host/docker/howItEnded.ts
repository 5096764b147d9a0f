/** Why an engine's container has ended, for operators, and whether another attempt could end otherwise. */
import type { EngineEnd } from "@galaxy/core/engine/EngineHost"
import { CrashDump } from "../CrashDump.ts"
import type { Inspected } from "./answers.ts"

/** How a run has ended. */
export interface ContainerEnd extends EngineEnd {
  /** It would end the same way again. */
  readonly permanent: boolean
  /** The image has no program that runs. */
  readonly imageMissing: boolean
}

/** Lines of the log that are told. */
const toldLines = 5

/** Longest reason. Characters. */
const longest = 500

/** `lines` are the last ones of its log; `memoryMb` is what it may use. */
export const howItEnded = (
  state: Inspected["State"],
  lines: ReadonlyArray<string>,
  memoryMb: number | undefined
): ContainerEnd => {
  const dump = new CrashDump()
  const last = lines.filter((line) => !dump.take(line)).slice(-toldLines)
  const told = (sentence: string) => [sentence, ...last].join("; ").slice(0, longest)
  const limit = memoryMb === undefined ? "its memory" : `its memory of ${memoryMb} MiB`
  const advice = "raise BACKEND_DOCKER_ENGINE_MEMORY or BACKEND_DOCKER_ENGINE_MEMORY_PER_PLAYER and restart the backend"
  const end = { outOfMemory: false, permanent: false, imageMissing: false }
  if (state.OOMKilled || dump.outOfMemory) {
    return { ...end, outOfMemory: true, reason: `the engine ran out of ${limit}; ${advice}` }
  }
  if (dump.sentence !== undefined) return { ...end, reason: told(`the engine failed: ${dump.sentence}`) }
  // Docker's own start of the program; with an init process the start itself has succeeded.
  if (state.ExitCode === 126 || state.ExitCode === 127) {
    const reason = told(`the image has no program that runs (code ${state.ExitCode})`)
    return { ...end, permanent: true, imageMissing: true, reason }
  }
  if (state.ExitCode === 2) {
    return { ...end, permanent: true, reason: told("the engine refuses its settings or its state (code 2)") }
  }
  if (state.ExitCode === 137) {
    return { ...end, reason: told("the engine was killed by signal SIGKILL, from outside or with the Docker daemon") }
  }
  return { ...end, reason: told(`the engine ended with code ${state.ExitCode}`) }
}
