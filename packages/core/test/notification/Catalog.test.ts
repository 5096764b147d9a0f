import { type EventKind, eventTables } from "@galaxy/contract/events/EventKinds"
import * as codec from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import { find, type Kind, kinds } from "@galaxy/core/notification/Catalog"
import { languageOf, languages } from "@galaxy/core/shared/mailLanguage"
import { prepare } from "@galaxy/core/notification/Intent"
import { isStorable } from "@galaxy/core/notification/wellFormed"
import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"

describe("the catalogue of notifications", () => {
  for (const [name, row] of Object.entries(kinds) as unknown as ReadonlyArray<readonly [EventKind, Kind<unknown>]>) {
    it.prop(`${name}: whatever fits its payload arrives by every channel`, [row.payload], ([payload]) => {
      const json = Schema.encodeUnknownSync(row.payload)(payload) as codec.JsonObject
      const intent = { kind: name, idempotencyKey: "k", recipients: [], payload: json }
      const prepared = Result.getOrUndefined(prepare(intent))
      // Halves of surrogate pairs and NUL are no text that can be stored.
      assert.strictEqual(prepared !== undefined, isStorable(json))
      if (prepared === undefined) return
      const { event, mail } = prepared
      assert.strictEqual(mail !== undefined, row.mail !== undefined)
      assert.deepStrictEqual(codec.decode(tables, eventTables[name], event), json)
      for (const language of mail === undefined ? [] : languages) {
        const text = mail?.(language)
        assert.isNotEmpty(text?.subject)
        assert.isNotEmpty(text?.text)
        assert.notMatch(text?.subject ?? "", /[\r\n]/)
      }
    })

    it(`${name}: players hear of it, by a table whose fields are those of the payload`, () => {
      const fields = tables[eventTables[name]].fields.map((it) => it.name)
      const payload = Schema.toJsonSchemaDocument(row.payload).schema as { properties?: object }
      assert.deepStrictEqual(fields.toSorted(), Object.keys(payload.properties ?? {}).toSorted())
    })
  }

  it("channels are as the seeds say", () => {
    const channels = Object.fromEntries(
      Object.entries(kinds).map(([name, it]) => [name, ["push", ...("mail" in it ? ["email"] : [])]])
    )
    assert.deepStrictEqual(channels, {
      "lobby.invite.received": ["push", "email"],
      "lobby.invite.revoked": ["push"],
      "game.turn.ready": ["push"]
    })
  })

  it("knows its own kinds only", () => {
    assert.isDefined(find("game.turn.ready"))
    for (const name of ["", "game.turn", "constructor", "__proto__", "hasOwnProperty"]) assert.isUndefined(find(name))
  })

  it("writes to readers of other languages in the first", () => {
    const asked = ["ru", "ru-RU", "RU", "en", "en-GB", "de", "", "rus", "x-ru"]
    assert.deepStrictEqual(asked.map(languageOf), ["ru", "ru", "ru", "en", "en", "en", "en", "en", "en"])
  })
})
