/** The backend's REST surfaces on a real socket: what only a listener can show. */
import { randomUUID } from "node:crypto"
import { createServer, request } from "node:http"
import { setTimeout as pause } from "node:timers/promises"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { gatewayTokenHeader } from "@galaxy/contract/api/Identity"
import { InternalApi } from "@galaxy/contract/api/InternalApi"
import { PublicApi } from "@galaxy/contract/api/PublicApi"
import * as Accounts from "@galaxy/core/account/Accounts"
import { AccountEndSteps } from "@galaxy/core/account/AccountEnd"
import * as AccountEnds from "@galaxy/core/account/AccountEnds"
import * as AccountSettings from "@galaxy/core/account/AccountSettings"
import * as Admins from "@galaxy/core/admin/Admins"
import * as AuditLog from "@galaxy/core/audit/AuditLog"
import * as AuthSettings from "@galaxy/core/auth/AuthSettings"
import * as BlockedAddresses from "@galaxy/core/auth/BlockedAddresses"
import * as Challenges from "@galaxy/core/auth/Challenges"
import * as Sessions from "@galaxy/core/auth/Sessions"
import * as SignInNetworks from "@galaxy/core/auth/SignInNetworks"
import * as Standing from "@galaxy/core/standing/Standing"
import * as CountryCounters from "@galaxy/core/geo/CountryCounters"
import { UnsubscribeTokenInvalid, Unsubscriptions } from "@galaxy/core/notification/Unsubscriptions"
import { GeoIp } from "@galaxy/core/geo/GeoIp"
import * as Backend from "@galaxy/core/http/Backend"
import * as Probes from "@galaxy/core/http/probes"
import { maxBodyBytes } from "@galaxy/core/shared/http/shape"
import * as Notifications from "@galaxy/core/notification/Notifications"
import * as MailOutbox from "@galaxy/core/mail/MailOutbox"
import { Content } from "@galaxy/core/mail/Mail"
import * as SecretBox from "@galaxy/core/mail/SecretBox"
import * as PushLog from "@galaxy/core/push/PushLog"
import * as BackgroundLoops from "@galaxy/core/shared/BackgroundLoops"
import * as BcryptPasswordHasher from "@galaxy/host-node/crypto/BcryptPasswordHasher"
import { layerPglite } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Redacted, Schema, Tracer } from "effect"
import { HttpRouter, HttpServer } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { SqlClient } from "effect/sql"

const token = "a shared token"
const secret = Redacted.make(new Uint8Array(32).fill(3))

const noEndSteps = Layer.succeed(AccountEndSteps, {
  sessions: { name: "none", run: () => Effect.void },
  others: []
})

const services = Layer.mergeAll(
  Challenges.layer,
  Admins.layer.pipe(Layer.provide(BcryptPasswordHasher.layer({ cost: 4 }))),
  AuditLog.layer,
  CountryCounters.layer,
  Layer.succeed(Unsubscriptions, { stop: () => Effect.fail(new UnsubscribeTokenInvalid()) }),
  Probes.layer()
).pipe(
  Layer.provideMerge(
    Layer.mergeAll(
      Accounts.layer,
      AccountSettings.layer,
      AccountEnds.layer.pipe(Layer.provide(noEndSteps)),
      Sessions.layer,
      SignInNetworks.layer,
      BlockedAddresses.layer.pipe(Layer.provide(Sessions.layer))
    )
  ),
  Layer.provideMerge(Notifications.layer()),
  Layer.provideMerge(Standing.layer),
  Layer.provideMerge(Layer.mergeAll(MailOutbox.layer({ messageIdDomain: "galaxy.test" }), PushLog.layer())),
  Layer.provideMerge(
    Layer.mergeAll(
      SecretBox.layer({ secret }),
      BackgroundLoops.layer,
      AuthSettings.layer({ codeKey: secret }),
      Layer.succeed(GeoIp, { country: (ip) => Effect.succeed(ip === "127.0.0.1" ? "AQ" : undefined) })
    )
  ),
  Layer.provideMerge(layerPglite)
)

/** The code in the mail of a challenge. */
const codeOf = Effect.fnUntraced(function* (challengeId: string) {
  const sql = yield* SqlClient.SqlClient
  const box = yield* SecretBox.SecretBox
  const [row] = yield* sql<{ body: Uint8Array; payloadId: string }>`
    SELECT p.body, p.payload_id AS "payloadId"
    FROM backend.mail_deliveries d JOIN backend.mail_payloads p USING (payload_id)
    WHERE d.idempotency_key = ${challengeId}`
  if (row === undefined) return yield* Effect.die(new Error("no mail was enqueued"))
  const opened = new TextDecoder().decode(yield* box.open(row.body, row.payloadId))
  const { text } = Schema.decodeUnknownSync(Schema.fromJsonString(Content))(opened)
  return /\b\d{8}\b/.exec(text)?.[0] ?? ""
})

const address = () => `player-${randomUUID()}@example.org`

const spans: Array<Tracer.NativeSpan> = []

const tracer = Tracer.make({
  span: (options) => {
    const span = new Tracer.NativeSpan(options)
    spans.push(span)
    return span
  }
})

const routes = Backend.surround(
  Layer.mergeAll(HttpApiBuilder.layer(PublicApi), HttpApiBuilder.layer(InternalApi)).pipe(
    Layer.provide(Backend.identity)
  ),
  [PublicApi, InternalApi],
  { gatewayToken: Redacted.make(token) }
)

const listening = HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true }).pipe(
  Layer.provide(Layer.succeed(Tracer.Tracer, tracer)),
  Layer.provideMerge(NodeHttpServer.layer(() => createServer(), { host: "127.0.0.1", port: 0 })),
  Layer.provideMerge(services)
)

const port = Effect.map(HttpServer.HttpServer, ({ address }) => ("port" in address ? address.port : 0))

interface Answer {
  readonly status: number
  readonly text: string
}

/** Sends the parts as they are: without a length, chunk by chunk. */
const post = (to: number, path: string, parts: ReadonlyArray<Uint8Array | string>) =>
  Effect.promise(
    () =>
      new Promise<Answer>((resolve, reject) => {
        const sent = request({
          port: to,
          path,
          host: "127.0.0.1",
          method: "POST",
          headers: { "content-type": "application/json", [gatewayTokenHeader]: token }
        })
        let answered = false
        sent.on("response", (response) => {
          answered = true
          let text = ""
          response.setEncoding("utf8")
          response.on("data", (part: string) => {
            text += part
          })
          response.on("end", () => resolve({ status: response.statusCode ?? 0, text }))
        })
        // A refused body may be cut off while it is sent; the answer counts.
        sent.on("error", (error) => {
          if (!answered) reject(error)
        })
        for (const part of parts) sent.write(part)
        sent.end()
      })
  )

const sendPath = "/api/v1/public/auth/send-email-code"
const confirmPath = "/api/v1/public/auth/confirm-email-code"

layer(listening, { timeout: "240 seconds", excludeTestServices: true })("the backend's listener", (it) => {
  it.effect("stops reading a body of unknown length at its bound, and goes on serving", () =>
    Effect.gen(function* () {
      const to = yield* port
      const blanks = Array.from({ length: Math.ceil(maxBodyBytes / 65_536) + 2 }, () => " ".repeat(65_536))
      const refused = yield* post(to, sendPath, blanks)
      assert.strictEqual(refused.status, 413)
      assert.include(refused.text, "payload_too_large")
      const served = yield* post(to, sendPath, ['{"email":', `"${address()}"}`])
      assert.strictEqual(served.status, 200)
    })
  )

  it.effect("takes the peer for the source where nothing was forwarded", () =>
    Effect.gen(function* () {
      const to = yield* port
      const sent = yield* post(to, sendPath, [JSON.stringify({ email: address() })])
      const { challenge_id: id } = JSON.parse(sent.text) as { readonly challenge_id: string }
      const confirmed = yield* post(to, confirmPath, [
        JSON.stringify({
          challenge_id: id,
          code: yield* codeOf(id),
          client_public_key: "iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=",
          time_zone: "UTC"
        })
      ])
      assert.strictEqual(confirmed.status, 200, confirmed.text)
      const { device_session_id: session } = JSON.parse(confirmed.text) as { readonly device_session_id: never }
      const { userId } = yield* (yield* Sessions.Sessions).lookup(session)
      assert.strictEqual((yield* (yield* Accounts.Accounts).find(userId)).declared_country, "AQ")
    })
  )

  it.effect("shows no token and no address of a player in a trace", () =>
    Effect.gen(function* () {
      const to = yield* port
      const email = address()
      spans.length = 0
      yield* post(to, sendPath, [JSON.stringify({ email })])
      // A span ends after its answer has gone out.
      while (spans.some((span) => span.status._tag === "Started")) yield* Effect.promise(() => pause(1))
      const shown = spans.flatMap((span) => [
        span.name,
        ...[...span.attributes].map(([key, value]) => `${key}=${String(value)}`),
        ...span.events.map((it) => JSON.stringify(it, (_, value: unknown) => (typeof value === "bigint" ? 0 : value)))
      ])
      assert.include(shown, "http.request.method=POST")
      assert.include(shown, "Challenges.send")
      assert.isTrue(shown.some((it) => it.includes("auth_challenges")))
      for (const secret of [token, email, email.split("@")[0] ?? email]) {
        assert.deepStrictEqual(
          shown.filter((it) => it.includes(secret)),
          []
        )
      }
    })
  )
})
