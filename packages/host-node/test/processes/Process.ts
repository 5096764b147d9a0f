/** Runs one of our programs as a real process and reads what it prints. */
import { type ChildProcess, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { bundled, type Entry } from "../../../../scripts/lib/bundled.ts"

const source = fileURLToPath(new URL("../../src/", import.meta.url))

/** How a program is started: with `.ts` from its sources, as `npm start` does it, and else from its bundle. */
const commandOf = (main: Entry | `${Entry}.ts`): ReadonlyArray<string> =>
  main.endsWith(".ts")
    ? ["--conditions=@galaxy/source", "--disable-warning=ExperimentalWarning", `${source}${main}`]
    : [bundled(main as Entry)]

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export class Process {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  output = ""
  #waiting: Array<() => void> = []

  constructor(
    main: Entry | `${Entry}.ts`,
    environment: Readonly<Record<string, string>> = {},
    args: ReadonlyArray<string> = []
  ) {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(BACKEND|GATEWAY|GALAXY|OTEL|USERSERVICE)_/.test(name)
    )
    this.child = spawn(process.execPath, [...commandOf(main), ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...Object.fromEntries(inherited), ...environment }
    })
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.output += text
        for (const look of this.#waiting) look()
      })
    }
    this.ended = new Promise((resolve) => {
      this.child.on("close", (code, signal) => {
        resolve({ code, signal })
      })
    })
  }

  /** The first match in what was printed, as soon as it is there; fails when the process ends without it. */
  until(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(this.output)
        if (found === null) return
        this.#waiting = this.#waiting.filter((it) => it !== look)
        resolve(found)
      }
      this.#waiting.push(look)
      look()
      void this.ended.then((end) => {
        reject(new Error(`ended with ${end.code ?? end.signal} before it printed ${pattern}:\n${this.output}`))
      })
    })
  }

  kill(signal: NodeJS.Signals): Promise<Ended> {
    this.child.kill(signal)
    return this.ended
  }
}
