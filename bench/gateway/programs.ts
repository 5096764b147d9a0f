/** Programs of their own that a measurement starts, and ends with itself. */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"

/** A program that listens. */
export interface Started {
  readonly child: ChildProcess
  readonly port: number
}

/** How a program is started. */
export interface StartOptions {
  readonly args?: ReadonlyArray<string>
  readonly env?: NodeJS.ProcessEnv
  /** On the first core alone. */
  readonly isPinned?: boolean
}

const running: Array<ChildProcess> = []

/** Starts a file of this folder, and waits until it tells its port. */
export const start = async (
  file: string,
  { args = [], env = {}, isPinned = false }: StartOptions = {}
): Promise<Started> => {
  const pinned = isPinned ? { execPath: "taskset", execArgv: ["-c", "0", process.execPath] } : {}
  const child = fork(new URL(file, import.meta.url), args, {
    // A gateway writes a line for each call in some measurements.
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { ...process.env, ...env },
    ...pinned
  })
  running.push(child)
  const [{ port }] = (await once(child, "message")) as [{ port: number }]
  return { child, port }
}

/** Ends all of them. */
export const stopAll = (): void => {
  for (const child of running.splice(0)) child.kill()
}

/** A gateway with a Redis that it has never seen trusts it only after the time that a request can come from the future. */
export const ready = async (port: number): Promise<void> => {
  for (let asked = 0; asked < 600; asked++) {
    if ((await fetch(`http://127.0.0.1:${port}/readyz`)).ok) return
    await new Promise((done) => void setTimeout(done, 200))
  }
  throw new Error("the gateway doesn't become ready")
}
