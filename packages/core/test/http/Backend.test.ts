import { gatewayTokenHeader, userIdHeader } from "@galaxy/contract/api/Identity"
import { Admins } from "@galaxy/core/admin/Admins"
import { maxBodyBytes } from "@galaxy/core/shared/http/shape"
import { newId } from "@galaxy/core/shared/NewId"
import { eachDatabase, layerPglite } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { address, codeOf as codeInMail, publicKey, wrong } from "../auth/fixture.ts"
import { type Answer, codeOf, listener, type Sent, services, surfaces } from "./harness.ts"

const sendPath = "/api/v1/public/auth/send-email-code"
const confirmPath = "/api/v1/public/auth/confirm-email-code"
const accountPath = "/api/v1/user/account"
const sessionsPath = "/api/v1/user/sessions"

type Call = (method: string, path: string, sent?: Sent) => Effect.Effect<Answer>

const send = (call: Call, email: string) => call("POST", sendPath, { json: { email } })

const confirm = (call: Call, challenge: string, code: string, change: object = {}) =>
  call("POST", confirmPath, {
    json: { challenge_id: challenge, code, client_public_key: publicKey, time_zone: "Europe/Berlin", ...change },
    headers: { "x-forwarded-for": "192.0.2.1, 10.0.0.1" }
  })

/** Signs a new player in. */
const player = Effect.fnUntraced(function* (call: Call, email = address()) {
  const challenge = String((yield* send(call, email)).body["challenge_id"])
  const answer = yield* confirm(call, challenge, yield* codeInMail(challenge))
  assert.strictEqual(answer.status, 200, answer.text)
  const session = String(answer.body["device_session_id"])
  const found = yield* call("GET", `/api/v1/internal/sessions/${session}`)
  return { email, session, user: String(found.body["user_id"]) }
})

const as = (user: string): Sent => ({ headers: { [userIdHeader]: user } })

eachDatabase((name, database) => {
  layer(services(database), { timeout: "240 seconds" })(`the identity surfaces on ${name}`, (it) => {
    it.effect("take a player from an address to a session, and to its end", () =>
      Effect.gen(function* () {
        const call = yield* surfaces()
        const { email, session, user } = yield* player(call)
        const looked = yield* call("GET", `/api/v1/internal/sessions/${session}`)
        assert.deepStrictEqual(
          [looked.body["client_public_key"], looked.body["status"], "revoked_at" in looked.body],
          [publicKey, "active", false]
        )
        const account = yield* call("GET", accountPath, as(user))
        assert.strictEqual(account.status, 200)
        assert.strictEqual(account.body["email"], email)
        assert.strictEqual(account.body["declared_country"], "DE")
        assert.deepInclude(account.body["entitlement"], {
          tier: "free",
          plan_code: "free",
          is_paid: false,
          source: "registration",
          max_registered_race_names: 1
        })
        const internal = yield* call("GET", `/api/v1/internal/users/${user}/account-internal`)
        assert.deepStrictEqual(internal.body, account.body)

        yield* TestClock.adjust("1 second")
        const second = yield* player(call, `${email} `.trim().toUpperCase()).pipe(
          // The first code of the minute is used up, so a second one is sent.
          Effect.map((it) => it.session)
        )
        const listed = yield* call("GET", sessionsPath, as(user))
        const sessions = listed.body["sessions"] as ReadonlyArray<{ readonly device_session_id: string }>
        assert.deepStrictEqual(
          sessions.map((it) => it.device_session_id),
          [session, second]
        )

        const revoked = yield* call("POST", `${sessionsPath}/${session}/revoke`, as(user))
        assert.deepStrictEqual([revoked.status, revoked.body], [200, { revoked: [session] }])
        const again = yield* call("POST", `${sessionsPath}/${session}/revoke`, as(user))
        assert.deepStrictEqual([again.status, again.body], [200, { revoked: [] }])
        const after = yield* call("GET", `/api/v1/internal/sessions/${session}`)
        assert.strictEqual(after.body["status"], "revoked")
        assert.isString(after.body["revoked_at"])
        const all = yield* call("POST", `${sessionsPath}/revoke-all`, as(user))
        assert.deepStrictEqual(all.body, { revoked: [second] })
      })
    )

    it.effect("show a foreign session as a missing one, to the byte", () =>
      Effect.gen(function* () {
        const call = yield* surfaces()
        const [mine, theirs] = [yield* player(call), yield* player(call)]
        const answers = []
        for (const id of [theirs.session, yield* newId, "no-uuid", mine.session.toUpperCase()]) {
          const answer = yield* call("POST", `${sessionsPath}/${id}/revoke`, as(mine.user))
          answers.push([answer.status, answer.text])
        }
        assert.strictEqual(answers[0]?.[0], 404)
        assert.strictEqual(new Set(answers.map((it) => JSON.stringify(it))).size, 1)
        const theirsNow = yield* call("GET", `/api/v1/internal/sessions/${theirs.session}`)
        assert.strictEqual(theirsNow.body["status"], "active")
      })
    )

    it.effect("answer known, unknown, deleted and throttled addresses alike, to the byte", () =>
      Effect.gen(function* () {
        const call = yield* surfaces()
        const sql = yield* SqlClient.SqlClient
        const [known, gone, unknown] = [(yield* player(call)).email, (yield* player(call)).email, address()]
        yield* sql`UPDATE backend.accounts SET deleted_at = now() WHERE email = ${gone}`
        const answers = [
          yield* send(call, known),
          yield* send(call, known),
          yield* send(call, unknown),
          yield* send(call, unknown),
          yield* send(call, gone)
        ]
        const ids = answers.map((it) => it.body["challenge_id"])
        assert.strictEqual(ids[0], ids[1])
        assert.strictEqual(ids[2], ids[3])
        assert.strictEqual(new Set(ids).size, 3)
        const shown = answers.map((it) =>
          JSON.stringify([
            it.status,
            [...it.headers].filter(([header]) => header !== "x-request-id"),
            it.text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, "id")
          ])
        )
        assert.strictEqual(new Set(shown).size, 1, shown.join("\n"))
      })
    )

    it.effect("refuse every challenge that can't be confirmed in the same bytes", () =>
      Effect.gen(function* () {
        const call = yield* surfaces()
        const open = String((yield* send(call, address())).body["challenge_id"])
        const code = yield* codeInMail(open)
        const answers = [
          yield* confirm(call, open, wrong(code)),
          yield* confirm(call, yield* newId, code),
          yield* confirm(call, "no-uuid", code)
        ]
        assert.strictEqual((yield* confirm(call, open, ` ${code} `)).status, 200)
        answers.push(yield* confirm(call, open, code))
        assert.deepStrictEqual([answers[0]?.status, answers[0] && codeOf(answers[0])], [400, "invalid_request"])
        assert.strictEqual(new Set(answers.map((it) => it.text)).size, 1)
      })
    )

    it.effect("refuse a blocked address by its name, before and after the code", () =>
      Effect.gen(function* () {
        const call = yield* surfaces()
        const sql = yield* SqlClient.SqlClient
        const { email, user } = yield* player(call)
        const open = String((yield* send(call, email)).body["challenge_id"])
        yield* sql`UPDATE backend.accounts SET permanent_block = true WHERE user_id = ${user}`
        for (const refused of [yield* confirm(call, open, yield* codeInMail(open)), yield* send(call, email)]) {
          assert.deepStrictEqual([refused.status, codeOf(refused)], [400, "account_permanently_blocked"])
        }
      })
    )

    it.effect("know a caller only with an account that is there and active", () =>
      Effect.gen(function* () {
        const call = yield* surfaces()
        const sql = yield* SqlClient.SqlClient
        const [deleted, blocked] = [(yield* player(call)).user, (yield* player(call)).user]
        yield* sql`UPDATE backend.accounts SET deleted_at = now() WHERE user_id = ${deleted}`
        yield* sql`UPDATE backend.accounts SET permanent_block = true WHERE user_id = ${blocked}`
        for (const [user, status, code] of [
          ["", 400, "invalid_request"],
          ["someone", 400, "invalid_request"],
          [yield* newId, 401, "unauthorized"],
          [deleted, 401, "unauthorized"],
          [blocked, 401, "unauthorized"]
        ] as const) {
          const answer = yield* call("GET", sessionsPath, as(user))
          assert.deepStrictEqual([user, answer.status, codeOf(answer)], [user, status, code])
        }
        assert.strictEqual(codeOf(yield* call("GET", sessionsPath)), "invalid_request")
        const internal = yield* call("GET", `/api/v1/internal/users/${deleted}/account-internal`)
        assert.strictEqual(codeOf(internal), "not_found")
      })
    )

    it.effect(
      "count a country for every authenticated request, refused ones too, by the leftmost forwarded address",
      () =>
        Effect.gen(function* () {
          const call = yield* surfaces()
          const sql = yield* SqlClient.SqlClient
          const { user } = yield* player(call)
          const from = (ip: string) => ({ [userIdHeader]: user, "x-forwarded-for": ip })
          yield* call("GET", accountPath, { headers: from("203.0.113.9, 192.0.2.1") })
          yield* call("POST", `${sessionsPath}/no-uuid/revoke`, { headers: from("192.0.2.1") })
          yield* call("GET", accountPath, { headers: from("192.0.2.1, 203.0.113.9") })
          yield* call("GET", accountPath, { headers: from("192.0.2.1") })
          const counts = sql<{ country: string; count: bigint }>`
          SELECT country, count FROM backend.user_country_counters WHERE user_id = ${user}`
          const seen = yield* Effect.repeat(counts, { until: (rows) => Number(rows[0]?.count ?? 0) >= 3 })
          assert.deepStrictEqual(
            seen.map((it) => [it.country, Number(it.count)]),
            [["DE", 3]]
          )
        })
    )

    it.effect("let in an administrator who is enabled, with the right password", () =>
      Effect.gen(function* () {
        const call = yield* surfaces()
        const sql = yield* SqlClient.SqlClient
        const admins = yield* Admins
        const username = `admin-${yield* newId}`
        yield* admins.bootstrap(username, Redacted.make("pass:word"))
        const basic = (name: string, password: string): Sent => ({
          headers: { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}` }
        })
        const right = yield* call("GET", "/api/v1/admin/me", basic(username, "pass:word"))
        assert.deepStrictEqual([right.status, right.body], [200, { username }])
        const refusals = [
          yield* call("GET", "/api/v1/admin/me"),
          yield* call("GET", "/api/v1/admin/me", { headers: { authorization: "Bearer x" } }),
          yield* call("GET", "/api/v1/admin/me", basic(username, "password")),
          yield* call("GET", "/api/v1/admin/me", basic("nobody", "pass:word")),
          yield* call("GET", "/api/v1/admin/me", basic(`${username}\u0000`, "pass:word"))
        ]
        yield* sql`UPDATE backend.admin_accounts SET disabled_at = now() WHERE username = ${username}`
        refusals.push(yield* call("GET", "/api/v1/admin/me", basic(username, "pass:word")))
        for (const refused of refusals) {
          assert.deepStrictEqual([refused.status, codeOf(refused)], [401, "unauthorized"])
          assert.strictEqual(refused.headers.get("www-authenticate"), 'Basic realm="galaxy-admin", charset="UTF-8"')
        }
        assert.strictEqual(new Set(refusals.map((it) => it.text)).size, 1)
      })
    )
  })
})

layer(services(layerPglite), { timeout: "240 seconds" })("every answer of the backend", (it) => {
  const json = { "content-type": "application/json" }
  const spaces = (bytes: number) => "x".repeat(bytes)
  const stream = (bytes: number) =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (let sent = 0; sent < bytes; sent += 65_536) controller.enqueue(new Uint8Array(65_536).fill(32))
        controller.close()
      }
    })

  it.effect("has its code and status, whatever is wrong", () =>
    Effect.gen(function* () {
      const call = yield* surfaces()
      const cases: ReadonlyArray<readonly [string, string, Sent, number, string]> = [
        ["POST", sendPath, { headers: json, raw: "{" }, 400, "invalid_request"],
        ["POST", sendPath, { headers: json, raw: "" }, 400, "invalid_request"],
        ["POST", sendPath, { json: {} }, 400, "invalid_request"],
        ["POST", sendPath, { json: [] }, 400, "invalid_request"],
        ["POST", sendPath, { json: { email: 7 } }, 400, "invalid_request"],
        ["POST", sendPath, { json: { email: "nobody" } }, 400, "invalid_request"],
        ["POST", sendPath, { json: { email: "a\u0000b@example.org" } }, 400, "invalid_request"],
        ["POST", sendPath, { json: { email: `${spaces(250)}@example.org` } }, 400, "invalid_request"],
        ["POST", sendPath, { json: { email: "a@example.org", locale: spaces(36) } }, 400, "invalid_request"],
        ["POST", sendPath, { headers: { "content-type": "text/plain" }, raw: "{}" }, 415, "unsupported_media_type"],
        ["POST", sendPath, { headers: json, raw: spaces(maxBodyBytes + 1) }, 413, "payload_too_large"],
        ["POST", sendPath, { headers: json, raw: stream(maxBodyBytes + 65_536) }, 413, "payload_too_large"],
        ["POST", sendPath, { headers: json, raw: stream(65_536) }, 400, "invalid_request"],
        ["GET", sendPath, {}, 405, "method_not_allowed"],
        ["DELETE", accountPath, {}, 405, "method_not_allowed"],
        ["POST", "/healthz", {}, 405, "method_not_allowed"],
        ["GET", "/", {}, 404, "not_found"],
        ["GET", "/api/v1/user", {}, 404, "not_found"],
        ["GET", "/api/v1/user/%E0%A4%A", {}, 404, "not_found"],
        ["GET", "/api/v1/internal/sessions/nobody", {}, 404, "not_found"],
        ["GET", `/api/v1/internal/faults/${spaces(300)}`, {}, 404, "not_found"],
        ["GET", "/api/v1/internal/faults/defect", {}, 500, "internal_error"],
        ["GET", "/api/v1/internal/faults/misfit", {}, 500, "internal_error"],
        ["GET", "/api/v1/internal/faults/broken", {}, 500, "internal_error"],
        ["GET", "/api/v1/internal/faults/busy", {}, 503, "service_unavailable"]
      ]
      for (const [method, path, sent, status, code] of cases) {
        const answer = yield* call(method, path, sent)
        const about = `${method} ${path.slice(0, 60)} ${JSON.stringify(sent).slice(0, 80)}`
        assert.deepStrictEqual([about, answer.status, codeOf(answer)], [about, status, code])
        assert.deepStrictEqual(Object.keys(answer.body), ["error"])
        assert.strictEqual(answer.headers.get("content-type"), "application/json")
        assert.isString(answer.headers.get("x-request-id"))
        assert.notInclude(answer.text, "secret")
        assert.strictEqual(answer.headers.has("allow"), status === 405)
      }
    })
  )

  it.effect("HEAD is answered like GET, without the body", () =>
    Effect.gen(function* () {
      const call = yield* surfaces()
      for (const path of ["/healthz", "/readyz"]) {
        const [head, get] = [yield* call("HEAD", path), yield* call("GET", path)]
        assert.deepStrictEqual([path, head.status, head.text], [path, get.status, ""])
        assert.strictEqual(head.headers.get("content-type"), get.headers.get("content-type"))
      }
      assert.strictEqual((yield* call("HEAD", "/nothing")).status, 404)
      const wrong = yield* call("HEAD", sendPath)
      assert.deepStrictEqual([wrong.status, wrong.headers.get("allow")], [405, "POST"])
    })
  )

  it.effect("says which part of a request is malformed", () =>
    Effect.gen(function* () {
      const call = yield* surfaces()
      const { text } = yield* call("POST", confirmPath, { json: { challenge_id: "x", code: "1" } })
      assert.include(text, "payload")
      assert.include(text, "client_public_key")
      const key = yield* confirm(call, "x", "1", { client_public_key: "AAAA" })
      assert.include(key.text, "client_public_key")
      const zone = yield* confirm(call, "x", "1", { time_zone: "Mars/Olympus" })
      assert.include(zone.text, "time_zone")
    })
  )

  it.effect("carries the request's id, and the log that and the trace's", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const call = yield* surfaces({ lines })
      const trace = "0af7651916cd43dd8448eb211c80319c"
      const given = yield* call("GET", "/api/v1/internal/faults/defect", {
        headers: { "x-request-id": "req-1", traceparent: `00-${trace}-b7ad6b7169203331-01` }
      })
      assert.strictEqual(given.headers.get("x-request-id"), "req-1")
      const entries = lines.map((line) => JSON.parse(line) as { message: string; annotations: Record<string, unknown> })
      assert.deepStrictEqual(
        entries.map((it) => [it.message, it.annotations["request_id"], it.annotations["trace_id"]]),
        [
          ["a request failed", "req-1", trace],
          ["request", "req-1", trace]
        ]
      )
      assert.notInclude(lines.join(), "an inner secret")
      assert.deepInclude(entries[0]?.annotations, { reason: "defect", error: "Error" })
      assert.include(entries[0]?.annotations["at"], "harness.ts")
      for (const odd of ["a b", "x".repeat(129), "a\tb", "{}"]) {
        const made = yield* call("GET", "/healthz", { headers: { "x-request-id": odd } })
        assert.match(made.headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/)
      }
    })
  )

  it.effect("leaves no address and no code in a log, at any level and on any path", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const call = yield* surfaces({ lines })
      const sql = yield* SqlClient.SqlClient
      const { email, user } = yield* player(call)
      const open = String((yield* send(call, email)).body["challenge_id"])
      const code = yield* codeInMail(open)
      yield* confirm(call, open, wrong(code))
      yield* send(call, email)
      yield* confirm(call, open, code)
      yield* confirm(call, open, code)
      // A row that the database refuses, in its own words with all its values.
      yield* sql`ALTER TABLE backend.auth_challenges ADD CONSTRAINT refuse CHECK (preferred_language <> 'fr')`
      const refused = yield* call("POST", sendPath, { json: { email: address(), locale: "fr" } })
      assert.strictEqual(refused.status, 500)
      const failed = lines.filter((it) => it.includes("storage failed"))
      assert.strictEqual(failed.length, 1)
      assert.include(failed[0], '"constraint":"refuse"')
      yield* sql`UPDATE backend.accounts SET permanent_block = true WHERE user_id = ${user}`
      yield* send(call, email)
      const log = lines.join("\n")
      assert.isAbove(lines.length, 10)
      assert.notInclude(log, "@example.org")
      assert.notInclude(log, email)
      assert.notMatch(log, new RegExp(`\\b${code}\\b`))
    })
  )

  it.effect("says whether the backend is ready, or what is missing", () =>
    Effect.gen(function* () {
      const call = yield* surfaces()
      assert.deepStrictEqual((yield* call("GET", "/healthz")).body, { status: "ok" })
      const ready = yield* call("GET", "/readyz")
      assert.deepStrictEqual([ready.status, ready.body], [200, { status: "ready" }])
      listener.bound = false
      const missing = yield* call("GET", "/readyz")
      listener.bound = true
      assert.deepStrictEqual(
        [missing.status, missing.body],
        [
          503,
          {
            status: "unavailable",
            missing: ["push listener"],
            reasons: { "push listener": "not available" }
          }
        ]
      )
    })
  )

  it.effect("is for gateways alone where they have a token, however the path is spelled", () =>
    Effect.gen(function* () {
      const call = yield* surfaces({ callers: { gatewayToken: Redacted.make("a shared token") } })
      const user = yield* newId
      const spellings = [
        "/api/v1/user/account",
        "/API/v1/user/account",
        "/api/v1/%75ser/account",
        "//api/v1//user/account/",
        "/api/v1/user/account?x=/api/v1/admin",
        "/api/v1/user/account;/api/v1/admin",
        "/api/v1/internal/faults/defect",
        sendPath,
        "/api/v1/administration",
        "/nowhere"
      ]
      for (const path of spellings) {
        for (const token of [undefined, "", "a shared toke", "a shared token "]) {
          const sent = { [userIdHeader]: user, ...(token === undefined ? {} : { [gatewayTokenHeader]: token }) }
          const answer = yield* call("GET", path, { headers: sent })
          // A header's outer blanks are not part of it.
          if (token === "a shared token ") assert.notInclude(answer.text, "only gateways")
          else assert.deepStrictEqual([path, token, answer.status, codeOf(answer)], [path, token, 401, "unauthorized"])
        }
      }
      assert.strictEqual((yield* call("GET", "/healthz")).status, 200)
      assert.strictEqual((yield* call("GET", "/readyz")).status, 200)
      const admin = yield* call("GET", "/api/v1/admin/me")
      assert.isNotNull(admin.headers.get("www-authenticate"))
    })
  )

  it.effect("lets nobody in by an empty token", () =>
    Effect.gen(function* () {
      const call = yield* surfaces({ callers: { gatewayToken: Redacted.make("") } })
      const user = yield* newId
      for (const sent of [{}, { [gatewayTokenHeader]: "" }, { [gatewayTokenHeader]: "x" }]) {
        const answer = yield* call("GET", "/api/v1/user/account", { headers: { [userIdHeader]: user, ...sent } })
        assert.strictEqual(codeOf(answer), "unauthorized")
      }
    })
  )
})
