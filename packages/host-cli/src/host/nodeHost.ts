/** The real process: its streams, its environment, its network. */
import { randomUUID } from "node:crypto"
import { homedir } from "node:os"
import { createInterface } from "node:readline"
import { Writable } from "node:stream"
import { isatty } from "node:tty"
import { Effect } from "effect"
import { type HostShape, type Sink, type Source, UnreadableInput } from "./Host.ts"

/** Whether output was lost other than by a reader that had seen enough, such as on a full disk. */
let lost = false

/** True where output was lost though somebody wants it. */
export const outputLost = (): boolean => lost

type Stream = Writable & { readonly fd: number; readonly columns?: number | undefined }

/** A stream of this process. */
export const sink = (stream: Stream): Sink => {
  let closed = false
  const failed = (cause: NodeJS.ErrnoException) => {
    closed = true
    if (cause.code !== "EPIPE") lost = true
  }
  // Without a listener the first failed write would end the process, midway through what it does.
  stream.on("error", failed)
  return {
    isTerminal: isatty(stream.fd),
    get columns() {
      return stream.columns ?? 80
    },
    get closed() {
      return closed
    },
    write: (text) =>
      Effect.callback<void>((resume) => {
        if (closed) return resume(Effect.void)
        stream.write(text, (cause) => {
          if (cause) failed(cause)
          resume(Effect.void)
        })
      })
  }
}

/** Lines that arrived together with an answer belong to the next question. */
const waiting: Array<string> = []

const ask = (text: string, hidden: boolean) =>
  Effect.callback<string | undefined>((resume) => {
    const early = waiting.shift()
    if (early !== undefined) {
      process.stderr.write(`${text}\n`)
      return resume(Effect.succeed(early))
    }
    const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
    const lines = createInterface({
      input: process.stdin,
      output: hidden ? silent : process.stderr,
      terminal: isatty(0)
    })
    // Asked only now: what is typed before the terminal stops echoing would be shown.
    if (hidden) process.stderr.write(text)
    else {
      lines.setPrompt(text)
      lines.prompt()
    }
    let answer: string | undefined
    lines.on("line", (line) => {
      if (answer !== undefined) return void waiting.push(line)
      answer = line
      lines.close()
    })
    lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"))
    lines.on("close", () => {
      if (hidden || answer === undefined) process.stderr.write("\n")
      resume(Effect.succeed(answer))
    })
    return Effect.sync(() => lines.close())
  })

const readAll = (maxBytes: number) =>
  Effect.tryPromise({
    try: async () => {
      const chunks: Array<Buffer> = []
      let size = 0
      for await (const chunk of process.stdin) {
        chunks.push(chunk as Buffer)
        size += (chunk as Buffer).length
        if (size > maxBytes) throw new UnreadableInput({ message: `the input is longer than ${maxBytes} bytes` })
      }
      return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks))
    },
    catch: (cause) => {
      if (cause instanceof UnreadableInput) return cause
      const isText = cause instanceof TypeError
      return new UnreadableInput({ message: isText ? "the input is not valid UTF-8" : (cause as Error).message })
    }
  })

const source: Source = {
  get isTerminal() {
    return isatty(0)
  },
  question: (text, { hidden }) => ask(text, hidden),
  readAll
}

/** What this process has. */
export const nodeHost = (): HostShape => ({
  env: process.env,
  cwd: process.cwd(),
  home: homedir(),
  stdin: source,
  stdout: sink(process.stdout),
  stderr: sink(process.stderr),
  fetch: (input, init) => globalThis.fetch(input, init),
  newId: randomUUID,
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone
})
