/** Sign-in on a database, with the outbox read instead of a mailbox. */
import * as Accounts from "@galaxy/core/account/Accounts"
import { AccountEndSteps } from "@galaxy/core/account/AccountEnd"
import * as AccountEnds from "@galaxy/core/account/AccountEnds"
import * as AccountSettings from "@galaxy/core/account/AccountSettings"
import * as AuthSettings from "@galaxy/core/auth/AuthSettings"
import * as BlockedAddresses from "@galaxy/core/auth/BlockedAddresses"
import * as Challenges from "@galaxy/core/auth/Challenges"
import * as Sessions from "@galaxy/core/auth/Sessions"
import * as SignInNetworks from "@galaxy/core/auth/SignInNetworks"
import * as Standing from "@galaxy/core/standing/Standing"
import * as GeoIp from "@galaxy/core/geo/GeoIp"
import { Content } from "@galaxy/core/mail/Mail"
import * as Notifications from "@galaxy/core/notification/Notifications"
import * as MailOutbox from "@galaxy/core/mail/MailOutbox"
import * as SecretBox from "@galaxy/core/mail/SecretBox"
import * as webCrypto from "@galaxy/core/shared/webCrypto"
import * as PushLog from "@galaxy/core/push/PushLog"
import type { Database } from "@galaxy/testkit/TestDatabase"
import { Effect, Layer, Redacted, Schema } from "effect"
import { SqlClient } from "effect/sql"

const secret = Redacted.make(new Uint8Array(32).fill(3))

const countries: Readonly<Record<string, string>> = { "192.0.2.1": "DE", "127.0.0.1": "AQ" }

const geo: Layer.Layer<GeoIp.GeoIp> = Layer.succeed(GeoIp.GeoIp, {
  country: (ip) => (ip === "damaged" ? Effect.die(new Error("an inner secret")) : Effect.succeed(countries[ip]))
})

/** Ends of accounts that mean nothing to any module. */
export const noEndSteps = Layer.succeed(AccountEndSteps, {
  sessions: { name: "none", run: () => Effect.void },
  others: []
})

export const signIn = (database: Layer.Layer<Database>, settings: Partial<AuthSettings.AuthSettingsShape> = {}) =>
  Challenges.layer.pipe(
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
    Layer.provideMerge(MailOutbox.layer({ messageIdDomain: "galaxy.test" })),
    Layer.provideMerge(PushLog.layer()),
    Layer.provideMerge(
      Layer.mergeAll(
        geo,
        SecretBox.layer({ secret }),
        AuthSettings.layer({ codeKey: secret, ...settings }),
        webCrypto.layer
      )
    ),
    Layer.provideMerge(database)
  )

/** The code in the mail of a challenge. */
export const codeOf = Effect.fnUntraced(function* (challengeId: string) {
  const sql = yield* SqlClient.SqlClient
  const box = yield* SecretBox.SecretBox
  const [row] = yield* sql<{ body: Uint8Array; payloadId: string }>`
    SELECT p.body, p.payload_id AS "payloadId" FROM backend.mail_deliveries d JOIN backend.mail_payloads p USING (payload_id)
    WHERE d.idempotency_key = ${challengeId}`
  if (row === undefined) return yield* Effect.die(new Error("no mail was enqueued"))
  const opened = new TextDecoder().decode(yield* box.open(row.body, row.payloadId))
  const content = Schema.decodeUnknownSync(Schema.fromJsonString(Content))(opened)
  return /\b\d{8}\b/.exec(content.text)?.[0] ?? ""
})

export const wrong = (code: string) => (code === "00000000" ? "00000001" : "00000000")

let counter = 0
/** An address that no other test uses. */
export const address = () => `player-${process.pid}-${Date.now()}-${counter++}@example.org`

/** A base64 public key that belongs to nobody. */
export const publicKey = "iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w="

export const confirmation = (challengeId: string, code: string) => ({
  challengeId,
  code,
  clientPublicKey: publicKey,
  timeZone: "Europe/Berlin",
  sourceIp: "192.0.2.1"
})
