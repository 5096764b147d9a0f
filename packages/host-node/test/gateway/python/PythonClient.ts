/** Python's gRPC library as a client, in a process of its own. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

const python = "/usr/bin/python3"
const script = fileURLToPath(new URL("client.py", import.meta.url))

/** Whether Debian's packages `python3-grpcio` and `python3-protobuf` are installed. */
export const hasPython = spawnSync(python, ["-c", "import grpc, google.protobuf"]).status === 0

/** A call by the names of the proto files, its message in proto3's JSON. */
export interface PythonCall {
  readonly method: string
  readonly message: object
  /** In seconds. */
  readonly timeout?: number
  readonly compress?: boolean
  /** Instead of the method's own. */
  readonly path?: string
}

/** How a call ended, with gRPC's name of the code. */
export interface PythonEnd {
  readonly code: string
  readonly answer?: Readonly<Record<string, string>>
  readonly message?: string
  /** A `google.rpc.Status` in base64. */
  readonly details?: string
}

type PythonEvent = Readonly<Record<string, string>>

interface Line extends PythonEnd {
  readonly id: number
  readonly event?: PythonEvent
}

/** Calls of one channel. */
export class PythonClient {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #calls = new Map<number, { onEvent: (event: PythonEvent) => void; onEnd: (end: PythonEnd) => void }>()
  readonly #closed: Promise<void>
  #rest = ""
  #errors = ""
  #count = 0

  constructor(address: string, descriptors: string, certificate?: string) {
    this.#child = spawn(python, [script, address, descriptors, ...(certificate === undefined ? [] : [certificate])])
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const lines = (this.#rest + text).split("\n")
      this.#rest = lines.pop() ?? ""
      for (const line of lines) this.#heard(JSON.parse(line) as Line)
    })
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#errors = (this.#errors + text).slice(-4_000)
    })
    this.#closed = new Promise((resolve) => {
      this.#child.once("close", () => {
        for (const { onEnd } of this.#calls.values()) onEnd({ code: "PROCESS_ENDED", message: this.#errors })
        resolve()
      })
    })
    this.#child.stdin.on("error", () => undefined)
  }

  /** Starts a call; `cancel` gives it up. */
  start(call: PythonCall, onEvent: (event: PythonEvent) => void = () => undefined) {
    const id = ++this.#count
    const end = new Promise<PythonEnd>((resolve) => {
      this.#calls.set(id, { onEvent, onEnd: resolve })
    })
    this.#write({ id, ...call })
    return { end, cancel: () => this.#write({ cancel: id }) }
  }

  call(call: PythonCall): Promise<PythonEnd> {
    return this.start(call).end
  }

  close(): Promise<void> {
    this.#child.kill("SIGKILL")
    return this.#closed
  }

  #write(line: object): void {
    this.#child.stdin.write(`${JSON.stringify(line)}\n`)
  }

  #heard({ event, id, ...end }: Line): void {
    const call = this.#calls.get(id)
    if (event !== undefined) call?.onEvent(event)
    else {
      this.#calls.delete(id)
      call?.onEnd(end)
    }
  }
}
