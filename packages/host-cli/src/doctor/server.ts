/** The server's findings, and what only this side sees of it: clocks, releases, its certificate, the credentials. */
import { isIP } from "node:net"
import { connect as tlsConnect } from "node:tls"
import type { Finding } from "@galaxy/contract/api/admin/Diagnostics"
import { release } from "@galaxy/contract/release"
import { check } from "@galaxy/core/http/databaseFindings"
import { Clock, Effect } from "effect"
import { Api } from "../client/Api.ts"
import { seen } from "../client/form.ts"

type OneFinding = typeof Finding.Type

const diagnosticsForm = {
  release: "text",
  at: "time",
  findings: [{ id: "text", state: "text", message: "text", "help?": "text" }]
} as const

/** A newer server's word that isn't known here must not pass for well. */
const stateOf = (word: string): OneFinding["state"] =>
  word === "ok" || word === "warning" || word === "problem" ? word : "unknown"

/** Clocks that differ by more are told of, once the time that the answer took is taken off. */
const clockToleranceMs = 5_000
const certificateDays = 14
const handshakeMs = 5_000

const clock = (serverMs: number, asked: number, answered: number): OneFinding => {
  const ahead = Math.max(0, asked - serverMs) + Math.min(0, answered - serverMs)
  return check(
    "clock.here",
    "This machine's clock agrees with the backend's.",
    Math.abs(ahead) <= clockToleranceMs
      ? undefined
      : {
          state: "warning",
          message: `This machine's clock is ${Math.round(Math.abs(ahead) / 1_000)} s ${ahead > 0 ? "ahead of" : "behind"} the backend's.`,
          help: "Synchronise both clocks, for example with chrony or systemd-timesyncd; turns are due by the backend's."
        }
  )
}

const releases = (server: string): OneFinding =>
  check(
    "release",
    `The backend and this command line are of release ${release}.`,
    server === release
      ? undefined
      : {
          state: "warning",
          message: `The backend is of release ${server}, this command line of ${release}.`,
          help: `Use the same: npx galaxy-admin@${server}`
        }
  )

/** When the certificate of an https server ends; undefined where it can't be read. */
const certificateEnd = (url: URL): Effect.Effect<number | undefined> =>
  Effect.callback<number | undefined>((resume) => {
    const host = url.hostname.replace(/^\[|\]$/g, "")
    const done = (value: number | undefined) => {
      socket.destroy()
      resume(Effect.succeed(value))
    }
    // A server is named by its name alone: for a bare address Node warns.
    const named = isIP(host) === 0 ? { servername: host } : {}
    // Only its date is looked at, and nothing is sent; whether it is trusted shows in the calls.
    const socket = tlsConnect(
      { host, port: url.port === "" ? 443 : Number(url.port), ...named, rejectUnauthorized: false },
      () => {
        const at = Date.parse(socket.getPeerCertificate().valid_to)
        done(Number.isNaN(at) ? undefined : at)
      }
    )
    socket.setTimeout(handshakeMs, () => done(undefined))
    socket.on("error", () => done(undefined))
    return Effect.sync(() => socket.destroy())
  })

const certificate = Effect.fnUntraced(function* (server: string) {
  const url = new URL(server)
  if (url.protocol !== "https:") return []
  const end = yield* certificateEnd(url)
  const now = yield* Clock.currentTimeMillis
  if (end === undefined) {
    return [check("tls.certificate", "", { state: "unknown", message: "The server's certificate can't be read." })]
  }
  const days = Math.floor((end - now) / 86_400_000)
  return [
    check(
      "tls.certificate",
      `The server's certificate is valid for ${days} more days.`,
      days >= certificateDays
        ? undefined
        : {
            state: days < 0 ? "problem" : "warning",
            message:
              days < 0 ? "The server's certificate has expired." : `The server's certificate ends in ${days} days.`,
            help: "Renew it where TLS ends, such as at the reverse proxy."
          }
    )
  ]
})

/** What a look at a server gave: its own document, if it answered, and all findings. */
export interface Look {
  readonly document: object
  readonly findings: ReadonlyArray<OneFinding>
}

/** What the server and the way to it are like. Never fails: a server that can't be reached is a finding. */
export const lookAtServer = Effect.gen(function* () {
  const { connection, ask } = yield* Api
  const asked = yield* Clock.currentTimeMillis
  const outcome = yield* Effect.result(
    Effect.gen(function* () {
      const it = yield* connection
      const { document, unreadable } = yield* ask("adminDiagnostics.get", {})
      const answer = seen(document, diagnosticsForm)
      return answer === undefined ? yield* unreadable : { it, document, answer }
    })
  )
  const answered = yield* Clock.currentTimeMillis
  if (outcome._tag === "Failure") {
    const failure = outcome.failure
    const known = yield* Effect.option(connection)
    const unreached: OneFinding = {
      id: "server",
      state: "problem",
      message: failure.message,
      help:
        ("hint" in failure ? failure.hint : undefined) ??
        "Look at the backend's process and log. Without it: galaxy-admin doctor --database URL --redis URL"
    }
    const findings = [unreached, ...(known._tag === "Some" ? yield* certificate(known.value.server) : [])]
    return { document: {}, findings } satisfies Look
  }
  const { it, document, answer } = outcome.success
  const findings = [
    check("server", `${it.server} answers, and ${it.user} is signed in (by ${it.source}).`, undefined),
    ...answer.findings.map((finding): OneFinding => ({ ...finding, state: stateOf(finding.state) })),
    releases(answer.release),
    clock(Date.parse(answer.at), asked, answered),
    ...(yield* certificate(it.server))
  ]
  return { document, findings } satisfies Look
})
