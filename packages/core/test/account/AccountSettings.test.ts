import { deviceSessionIdHeader } from "@galaxy/contract/api/Identity"
import * as codec from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import { Accounts } from "@galaxy/core/account/Accounts"
import { Sessions } from "@galaxy/core/auth/Sessions"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it as test, layer } from "@effect/vitest"
import { Effect } from "effect"
import { newId } from "@galaxy/core/shared/NewId"
import { platformOn, refusalOf, surfaces } from "../http/platform.ts"

const profile = "/api/v1/user/account/profile"
const settings = "/api/v1/user/account/settings"
const user = Effect.gen(function* () {
  const email = `${yield* newId}@example.org`
  const accounts = yield* Accounts
  return {
    user: yield* accounts.ensure({ email, preferredLanguage: "en", timeZone: "UTC", declaredCountry: undefined })
  }
})
const key = new Uint8Array(32)

eachDatabase((name, storage) => {
  layer(platformOn(storage), { timeout: "240 seconds", excludeTestServices: true })(
    `what players set about themselves on ${name}`,
    (it) => {
      it.effect("a name is set, kept when it is left out, and cleared when it is empty", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const ada = yield* user
          const named = yield* call(ada, "PATCH", profile, { display_name: "  Ada Łukasz  " })
          assert.deepStrictEqual([named.status, named.body.display_name], [200, "Ada Łukasz"])
          assert.deepStrictEqual((yield* call(ada, "GET", "/api/v1/user/account")).body, named.body)
          const untouched = yield* call(ada, "PATCH", profile, {})
          assert.deepStrictEqual(untouched.body, named.body)
          for (const bad of ["a\nb", "x".repeat(65), "a\u202eb", null, 7]) {
            assert.strictEqual(refusalOf(yield* call(ada, "PATCH", profile, { display_name: bad })), "invalid_request")
          }
          const cleared = yield* call(ada, "PATCH", profile, { display_name: "" })
          assert.strictEqual(cleared.body.display_name, "")
          assert.notStrictEqual(cleared.body.updated_at, "")
          assert.strictEqual((yield* call(ada, "PATCH", profile, { display_name: "   " })).body.display_name, "")
        }).pipe(Effect.scoped)
      )

      it.effect("settings are stored in their official spelling; a malformed one changes nothing", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const ada = yield* user
          const given = {
            preferred_language: " pt-br ",
            time_zone: "europe/kyiv",
            mail_kinds_off: ["user.session.ended", "game.turn.missed", "user.session.ended"]
          }
          const set = yield* call(ada, "PATCH", settings, given)
          const of = (body: Record<string, unknown>) => [
            body["preferred_language"],
            body["time_zone"],
            body["mail_kinds_off"]
          ]
          assert.deepStrictEqual(of(set.body), ["pt-BR", "Europe/Kyiv", ["game.turn.missed", "user.session.ended"]])
          for (const bad of [
            { preferred_language: "" },
            { preferred_language: "  " },
            { preferred_language: "not a tag" },
            { time_zone: "" },
            { time_zone: " " },
            { time_zone: "Mars/Olympus" },
            { time_zone: "+02:00" },
            { mail_kinds_off: ["no kind"] },
            { mail_kinds_off: "a.b" },
            { preferred_language: "de", time_zone: "Mars/Olympus" }
          ]) {
            assert.strictEqual(
              refusalOf(yield* call(ada, "PATCH", settings, bad)),
              "invalid_request",
              JSON.stringify(bad)
            )
          }
          assert.deepStrictEqual((yield* call(ada, "PATCH", settings, {})).body, set.body)
          const fewer = yield* call(ada, "PATCH", settings, { mail_kinds_off: [] })
          assert.deepStrictEqual(of(fewer.body), ["pt-BR", "Europe/Kyiv", []])
          const zone = yield* call(ada, "PATCH", settings, { time_zone: "UTC" })
          assert.deepStrictEqual(of(zone.body), ["pt-BR", "UTC", []])
        }).pipe(Effect.scoped)
      )

      it.effect("the list of sessions has labels and marks the one that asks", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const sessions = yield* Sessions
          const ada = yield* user
          const phone = yield* sessions.create(ada.user, key, "Ada's phone")
          const laptop = yield* sessions.create(ada.user, key)
          const list = (header: Record<string, string>) =>
            Effect.map(call(ada, "GET", "/api/v1/user/sessions", undefined, header), ({ body }) =>
              (body.sessions as ReadonlyArray<Record<string, unknown>>).map((it) => [
                it["device_session_id"],
                it["device_label"],
                it["current"]
              ])
            )
          assert.deepStrictEqual(yield* list({ [deviceSessionIdHeader]: laptop }), [
            [phone, "Ada's phone", false],
            [laptop, undefined, true]
          ])
          assert.deepStrictEqual(
            (yield* list({ [deviceSessionIdHeader]: "nonsense" })).map((it) => it[2]),
            [false, false]
          )
        }).pipe(Effect.scoped)
      )
    }
  )
})

describe("FlatBuffers of the changes", () => {
  const round = (table: string, value: codec.JsonObject) =>
    codec.decode(tables, table, codec.encode(tables, table, value))

  test("tell what is empty from what is left out", () => {
    for (const value of [{}, { display_name: "" }, { display_name: "Ada" }])
      assert.deepStrictEqual(round("galaxy.user.UpdateProfileRequest", value), value)
    for (const value of [{}, { mail_kinds_off: [] }, { mail_kinds_off: ["a.b"], time_zone: "UTC" }])
      assert.deepStrictEqual(round("galaxy.user.UpdateSettingsRequest", value), value)
  })
})
