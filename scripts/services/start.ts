/** Starts services through their supervisor, which outlives a killed caller just long enough to stop them. */
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { join } from "node:path"
import type { Answer } from "./supervisor.ts"

export interface Services {
  readonly urls: Readonly<Record<string, string>>
  readonly stop: () => Promise<void>
}

const stopWithinMs = 15_000

export const startServices = (names: ReadonlyArray<string>): Promise<Services> =>
  new Promise((done, failed) => {
    // A group of its own: Ctrl-C in the terminal is for the tests.
    const child = spawn(process.execPath, [join(import.meta.dirname, "supervisor.ts"), ...names], {
      stdio: ["pipe", "pipe", "inherit"],
      detached: true
    })
    const ended = new Promise<void>((end) => child.once("exit", () => end()))
    const stop = async (): Promise<void> => {
      const force = setTimeout(() => child.kill("SIGKILL"), stopWithinMs)
      child.stdin.end()
      await ended
      clearTimeout(force)
    }
    child.on("error", failed)
    child.once("exit", (code, signal) => failed(new Error(`The test services ended with ${code ?? signal}.`)))
    createInterface(child.stdout).once("line", (line) => {
      const answer = JSON.parse(line) as Answer
      if ("failure" in answer) failed(new Error(answer.failure))
      else done({ urls: answer.urls, stop })
    })
  })
