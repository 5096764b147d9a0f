/** Runs the examples of embedding as their reader would: each a program of its own, on a database of its own. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as TestDatabase from "@galaxy/testkit/TestDatabase"
import { Effect } from "effect"

const token = "a-gateway-token-of-tests"

/** The examples of embedding, and where each serves the backend. */
export const embedded = [
  ["embed-node", ""],
  ["embed-express", "/galaxy"],
  ["embed-fastify", "/galaxy"],
  ["embed-hono", "/galaxy"]
] as const

/** What a running example does, and how it ended. */
export interface Outcome {
  readonly ready: number
  /** The answer of the backend to a request for a login code. */
  readonly code: number
  /** What was printed or handed to the mail provider, as soon as it held the address. */
  readonly mail: string
  readonly exit: number | null
  /** What the gateway for players says of itself, where the example has one. */
  readonly gateway: number | undefined
}

const portOf = (printed: string): string | undefined => /listening[^]*port: (\d+)/.exec(printed)?.[1]

/** The provider of mails that the examples talk to: takes every mail. */
const provider = async () => {
  const mails: Array<string> = []
  const server = createServer((request, response) => {
    let text = ""
    request.on("data", (chunk) => (text += String(chunk)))
    request.on("end", () => {
      mails.push(text)
      response.setHeader("content-type", "application/json")
      response.end(JSON.stringify({ id: "mail-1" }))
      server.emit("mail")
    })
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  return { server, mails, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
}

const printedBy = (program: ChildProcess) => {
  const printed = { text: "" }
  const looks = new Set<() => void>()
  const take = (chunk: unknown) => {
    printed.text += String(chunk)
    for (const look of looks) look()
  }
  program.stdout?.on("data", take)
  program.stderr?.on("data", take)
  program.once("exit", () => take(""))
  const until = <A>(found: () => A | undefined) =>
    new Promise<A>((resolve, reject) => {
      const look = () => {
        const value = found()
        if (value !== undefined) resolve(value)
        else if (program.exitCode !== null) reject(new Error(`the example ended:\n${printed.text}`))
        else return
        looks.delete(look)
      }
      looks.add(look)
      look()
    })
  return { printed, look: () => take(""), until }
}

/** The answer of a probe once it is good; that of the last of some looks where it never is. */
const probed = async (url: string): Promise<number> => {
  for (let look = 1; ; look++) {
    const { status } = await fetch(url)
    if (status === 200 || look === 20) return status
  }
}

/** Runs `main.ts` in a folder until it has mailed a login code, and ends it. `mount` is where it serves the backend. */
const play = async (runtime: ReadonlyArray<string>, folder: string, mount: string, url: string): Promise<Outcome> => {
  const relay = await provider()
  const [command = "", ...args] = runtime
  const program = spawn(command, [...args, "main.ts"], {
    cwd: folder,
    env: {
      ...process.env,
      NODE_OPTIONS: "",
      DATABASE_URL: url,
      GALAXY_SECRET: btoa("a secret of exactly 32 bytes....".slice(0, 32)),
      GATEWAY_SIGNING_KEY: btoa("another one of exactly 32 bytes.".slice(0, 32)),
      GATEWAY_TOKEN: token,
      MAIL_API: relay.url,
      PORT: "0",
      PLAYERS: "0"
    }
  })
  const { printed, look, until } = printedBy(program)
  relay.server.on("mail", look)
  try {
    const origin = `http://127.0.0.1:${await until(() => portOf(printed.text))}${mount}`
    // A busy machine may make the first look at the database too slow.
    const ready = await probed(`${origin}/readyz`)
    const { status: code } = await fetch(`${origin}/api/v1/public/auth/send-email-code`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-gateway-token": token },
      body: JSON.stringify({ email: "ada@example.org" })
    })
    const mail = await until(() => [printed.text, ...relay.mails].find((it) => it.includes("ada@example.org")))
    const players = /^players use (\S+)$/m.exec(printed.text)?.[1]
    const gateway = players === undefined ? undefined : await probed(`${players}/readyz`)
    program.kill("SIGTERM")
    if (program.exitCode === null) await once(program, "exit")
    return { ready, code, mail, exit: program.exitCode, gateway }
  } finally {
    program.kill("SIGKILL")
    relay.server.closeAllConnections()
    relay.server.close()
  }
}

/** Plays the example on a new database of the server at `server`. */
export const playExample = (
  runtime: ReadonlyArray<string>,
  folder: string,
  mount: string,
  server: string
): Promise<Outcome> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(TestDatabase.cloneUrl(server), ({ url }) =>
        Effect.promise(() => play(runtime, folder, mount, url))
      )
    )
  )
