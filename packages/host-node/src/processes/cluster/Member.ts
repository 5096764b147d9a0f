/** A gateway process among several, seen from the primary: its state, what it says, and the connections that it is given. */
import type { ChildProcess } from "node:child_process"
import type { Socket } from "node:net"
import { patiently } from "../../gateway/bounds/patiently.ts"
import { handleOf } from "./handles.ts"
import { OnTheWay } from "./OnTheWay.ts"
import { wholeLines } from "./wholeLines.ts"
import {
  type Alive,
  type Connected,
  isMetricsTold,
  isTakenTold,
  isTold,
  type MetricsAsked,
  type TakenTold
} from "./messages.ts"

/** Output to standard error that is kept of a process that starts, in characters. */
const mostOutput = 16_384

/** Messages about budgets on their way to a process that is busy. */
const mostTellings = 256

/** How long it may take to tell its metrics, in milliseconds. */
const longestAnswerMs = 2_000

/** Who gets what a process writes to standard output, line by line, and to standard error, once it serves. */
export interface Prints {
  readonly log: (lines: string) => void
  readonly print: (text: string) => void
}

/** How a process ended. */
export interface MemberEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** One process, from its start to its end. */
export class Member {
  readonly #child: ChildProcess
  readonly #print: (text: string) => void
  #state: "starting" | "serving" | "ending" = "starting"
  readonly #onTheWay = new OnTheWay()
  #output = ""
  #questions = 0
  #tellings = 0
  #isAlive = true
  #isSilent = false
  readonly #asked = new Map<number, (text: string | undefined) => void>()
  /** Settles when it takes connections; never, if it ends before. */
  readonly served: Promise<void>
  /** Settles when the process is gone and everything that it said is here. */
  readonly gone: Promise<MemberEnd>
  /** Settles when it takes no more connections, at its end at the latest. */
  readonly closed: Promise<void>

  /** `taken` gets what it has taken of budgets. */
  constructor(child: ChildProcess, { log, print }: Prints, taken: (told: TakenTold) => void = () => undefined) {
    this.#child = child
    this.#print = print
    const served = Promise.withResolvers<undefined>()
    const closed = Promise.withResolvers<undefined>()
    this.served = served.promise
    this.closed = closed.promise
    if (child.stderr !== null) wholeLines(child.stderr, (text) => this.#said(text))
    if (child.stdout !== null) wholeLines(child.stdout, log)
    child.on("message", (message) => {
      // Whatever it says, it says that it runs.
      this.#isAlive = true
      if (isTakenTold(message)) taken(message)
      if (isMetricsTold(message)) this.#asked.get(message.id)?.(message.text)
      if (!isTold(message)) return
      this.#state = message.type
      if (message.type === "serving") {
        this.#flush()
        served.resolve(undefined)
      } else closed.resolve(undefined)
    })
    this.gone = new Promise((done) => {
      const over = (end: MemberEnd) => {
        this.#state = "ending"
        this.#onTheWay.close()
        closed.resolve(undefined)
        done(end)
      }
      child.once("close", (code, signal) => over({ code, signal }))
      // More than one: each message that can't be sent tells of itself.
      child.on("error", (error) => {
        this.#said(`${error.message}\n`)
        if (child.pid === undefined) over({ code: null, signal: null })
      })
    })
  }

  get serves(): boolean {
    return this.#state === "serving"
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  #said(text: string): void {
    if (this.#state !== "starting") this.#print(text)
    else this.#output = `${this.#output}${text}`.slice(0, mostOutput)
  }

  #flush(): void {
    if (this.#output !== "") this.#print(this.#output)
    this.#output = ""
  }

  /** What it wrote to standard error before it served. */
  get output(): string {
    return this.#output
  }

  /**
   * Hands a connection over, now or when it has taken others. What was read of it already must be in `head`. `network` is
   * whom it counts for.
   */
  give(socket: Socket, ip: string, network?: string, head?: Buffer): void {
    const message: Connected = {
      type: "connection",
      ip,
      ...(head === undefined ? {} : { head: head.toString("base64") })
    }
    this.#onTheWay.add({
      network,
      drop: () => socket.destroy(),
      send: (taken) => {
        const handle = handleOf(socket)
        if (handle === undefined || !this.#child.connected) return taken()
        this.#child.send(message, handle, {}, (error) => {
          // It has answered that it has the connection.
          if (error === null) this.#isAlive = true
          taken()
        })
      }
    })
  }

  /** Tells it what others have taken of budgets. One that doesn't listen grants nothing, so it needn't know. */
  others(told: TakenTold): void {
    if (this.#tellings >= mostTellings || !this.#child.connected) return
    this.#tellings += 1
    this.#child.send(told, undefined, undefined, () => {
      this.#tellings -= 1
    })
  }

  /** Its metrics in the format of Prometheus; undefined if it doesn't tell them in time. */
  metrics(): Promise<string | undefined> {
    if (!this.#child.connected) return Promise.resolve(undefined)
    const question: MetricsAsked = { type: "metrics", id: ++this.#questions }
    return new Promise<string | undefined>((answered) => {
      const late = setTimeout(() => answered(undefined), longestAnswerMs)
      this.#asked.set(question.id, (text) => {
        clearTimeout(late)
        answered(text)
      })
      this.#child.send(question, undefined, undefined, () => undefined)
    }).finally(() => this.#asked.delete(question.id))
  }

  /**
   * Kills it if it gives no sign of life for so long, as one whose event loop stands still. Taking a connection is one, and so is
   * anything that it says: it may be busy, but it runs. Ends with it.
   */
  watch(silenceMs: number): void {
    const question: Alive = { type: "alive" }
    let stop = () => undefined as void
    const ask = () => {
      this.#isAlive = false
      if (this.#child.connected) this.#child.send(question, undefined, undefined, () => undefined)
      stop = patiently(silenceMs, () => {
        if (this.#isAlive) ask()
        else {
          this.#isSilent = true
          this.kill()
        }
      })
    }
    ask()
    void this.gone.then(() => stop())
  }

  /** Whether it was killed because it gave no sign of life. */
  get isSilent(): boolean {
    return this.#isSilent
  }

  /** Asks it to end in order. */
  end(): void {
    this.#child.kill("SIGTERM")
  }

  kill(): void {
    this.#child.kill("SIGKILL")
  }
}
