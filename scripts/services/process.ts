/** Child processes of the test services: started on a free port of loopback, ready or failed, and stopped for sure. */
import { type ChildProcess, spawn } from "node:child_process"
import { createServer } from "node:net"

export interface Service {
  readonly url: string
  readonly stop: () => Promise<void>
}

export interface Launch {
  readonly name: string
  readonly command: string
  readonly args: ReadonlyArray<string>
  readonly identity: { readonly uid?: number; readonly gid?: number }
  /** What the program prints once it serves. */
  readonly ready: RegExp
  readonly stopSignal: NodeJS.Signals
}

const readyWithinMs = 30_000
const stopWithinMs = 5_000

export const freePort = (): Promise<number> =>
  new Promise((done, failed) => {
    const server = createServer()
    server.on("error", failed)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => (address !== null && typeof address === "object" ? done(address.port) : failed(new Error())))
    })
  })

const stop = (child: ChildProcess, signal: NodeJS.Signals): Promise<void> =>
  new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) return done()
    const force = setTimeout(() => child.kill("SIGKILL"), stopWithinMs)
    child.once("exit", () => {
      clearTimeout(force)
      done()
    })
    child.kill(signal)
  })

/** Starts the program; resolves with what stops it, or fails with what it printed. */
export const launch = ({ name, command, args, identity, ready, stopSignal }: Launch): Promise<() => Promise<void>> =>
  new Promise((done, failed) => {
    const child = spawn(command, args, { ...identity, stdio: ["ignore", "pipe", "pipe"], cwd: "/" })
    let printed = ""
    const fail = (why: string) => {
      clearTimeout(timer)
      failed(new Error(`${name} ${why}:\n${printed}`))
    }
    const timer = setTimeout(() => {
      void stop(child, "SIGKILL").then(() => fail(`was not ready within ${readyWithinMs / 1000} s`))
    }, readyWithinMs)
    const read = (chunk: Buffer): void => {
      // Only the beginning is of interest; the rest is read so that the program never waits for a reader.
      if (printed.length > 20_000) return
      printed += chunk.toString()
      if (!ready.test(printed)) return
      clearTimeout(timer)
      done(() => stop(child, stopSignal))
    }
    child.stdout.on("data", read)
    child.stderr.on("data", read)
    child.on("error", (error) => fail(`could not be started (${error.message})`))
    child.on("exit", (code, signal) => fail(`ended with ${code ?? signal}`))
  })

/** Tries again where another program has taken the port in the meantime. */
export const onFreePort = async <A>(start: (port: number) => Promise<A>): Promise<A> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await freePort())
    } catch (error) {
      if (attempt === 3 || !/in use/i.test(String(error))) throw error
    }
  }
}
