/** Backend and gateway as processes of their own, for tests: how they are started, and how a player signs in. */
import { mkdtempSync, rmSync } from "node:fs"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as DeviceKey from "@galaxy/client/DeviceKey"
import * as GalaxyClient from "@galaxy/client/GalaxyClient"
import * as PublicEdge from "@galaxy/client/PublicEdge"
import { Effect, Schedule } from "effect"
import { SMTPServer } from "smtp-server"
import type { Entry } from "../../../../scripts/lib/bundled.ts"
import { Process } from "./Process.ts"

export const redis = process.env["GALAXY_TEST_REDIS_URL"]

/** What gateway and backend know each other by. */
export const token = "shared-by-both"

/** A key of 32 equal bytes, in base64. */
export const key = (fill: number) => Buffer.alloc(32, fill).toString("base64")

/** A relay that keeps what it gets. It takes a mail over only if `accepts` says so, and else never answers. */
export const relayThat = (accepts: () => boolean) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly port: number; readonly mails: Array<string> }>((resume) => {
      const mails: Array<string> = []
      const server = new SMTPServer({
        authOptional: true,
        disabledCommands: ["STARTTLS"],
        onData: (stream, _session, done) => {
          let text = ""
          stream.on("data", (chunk: Buffer) => {
            text += chunk.toString("utf8")
          })
          stream.on("end", () => {
            mails.push(text)
            if (accepts()) done()
          })
        }
      })
      // A backend that is killed resets its connections.
      server.on("error", () => undefined)
      server.listen(0, "127.0.0.1", () => {
        resume(
          Effect.succeed({ port: (server.server.address() as AddressInfo).port, mails, close: () => server.close() })
        )
      })
    }),
    (it) => Effect.sync(() => (it as unknown as { readonly close: () => void }).close())
  )

/** A relay that keeps what it gets. */
export const relay = relayThat(() => true)

/** A folder that is removed in the end. */
export const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "galaxy-split-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true, maxRetries: 3 }))
)

/** A process, once it has said that it is ready, until a signal ends it. */
export const run = (
  main: Entry,
  environment: Readonly<Record<string, string>>,
  ready: RegExp,
  end: "SIGKILL" | "SIGTERM" = "SIGKILL"
) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const started = new Process(main, environment)
      const found = await started.until(ready)
      return { started, found }
    }),
    ({ started }) => Effect.promise(() => started.kill(end))
  )

/** A backend on ports that stay the same over its restarts, once they are known. */
export const backend = Effect.fnUntraced(function* (settings: {
  readonly database: string
  readonly smtp: number
  readonly dataDir: string
  readonly ports?: { readonly http: string; readonly push: string }
  readonly more?: Readonly<Record<string, string>>
}) {
  const { started } = yield* run(
    "processes/backend",
    {
      BACKEND_HTTP_ADDR: `:${settings.ports?.http ?? "0"}`,
      BACKEND_GRPC_PUSH_ADDR: `:${settings.ports?.push ?? "0"}`,
      BACKEND_POSTGRES_DSN: settings.database,
      BACKEND_SECRET_KEY: key(1),
      BACKEND_SMTP_URL: `smtp://127.0.0.1:${settings.smtp}?tls=none`,
      BACKEND_DATA_DIR: settings.dataDir,
      BACKEND_GATEWAY_TOKEN: token,
      ...settings.more
    },
    /"message":"backend is ready"/
  )
  const [, http = ""] = yield* Effect.promise(() =>
    started.until(/"backend listens","url":"http:\/\/127\.0\.0\.1:(\d+)"/)
  )
  const [, push = ""] = yield* Effect.promise(() => started.until(/"push stream listens".*"port":(\d+)/))
  return { started, ports: { http, push } }
})

interface Ports {
  readonly http: string
  readonly push: string
}

/** A gateway of these backends, of one process unless `more` says otherwise, on a port that stays the same if it is given. */
export const gateway = Effect.fnUntraced(function* (
  backends: Ports | ReadonlyArray<Ports>,
  more: Readonly<Record<string, string>> = {},
  port = "0"
) {
  const all = [backends].flat() as ReadonlyArray<Ports>
  const urls = (of: keyof Ports) => all.map((it) => `http://127.0.0.1:${it[of]}`).join(",")
  const { started, found } = yield* run(
    "processes/gateway",
    {
      GATEWAY_HTTP_ADDR: `:${port}`,
      GATEWAY_PROCESSES: "1",
      GATEWAY_BACKEND_HTTP_URL: urls("http"),
      GATEWAY_BACKEND_GRPC_PUSH_URL: urls("push"),
      GATEWAY_BACKEND_TOKEN: token,
      GATEWAY_REDIS_URL: redis ?? "",
      GATEWAY_SIGNING_KEY: key(2),
      ...more
    },
    /"gateway listens","url":"([^"]+)"/
  )
  return { started, url: found[1] ?? "" }
})

/** Two minutes of a busy machine. */
export const patiently = { times: 2_400, schedule: Schedule.spaced("50 millis") }

/** A player on a new device. */
export const signIn = (url: string, mails: ReadonlyArray<string>, name: string) =>
  Effect.gen(function* () {
    const deviceKey = DeviceKey.fromSeed(crypto.getRandomValues(new Uint8Array(32)))
    const challengeId = yield* PublicEdge.sendEmailCode(url, { email: `${name}@example.org` })
    const code = yield* Effect.suspend(() => {
      const mail = mails.find((text) => text.includes(`${name}@example.org`))
      const found = mail === undefined ? undefined : /\b(\d{8})\b is your/.exec(mail)?.[1]
      return found === undefined ? Effect.fail("no mail") : Effect.succeed(found)
    }).pipe(Effect.retry(patiently))
    const deviceSessionId = yield* PublicEdge.confirmEmailCode(url, {
      challengeId,
      code,
      key: deviceKey,
      timeZone: "UTC"
    })
    const client = yield* GalaxyClient.make({ baseUrl: url, session: { deviceSessionId, key: deviceKey } })
    return { client, deviceSessionId, key: deviceKey }
  })
