import {
  type EventKind,
  eventTables,
  isEventKind,
  type NotificationKind,
  operatorKinds,
  playerMailKinds
} from "@galaxy/contract/events/EventKinds"
import * as codec from "@galaxy/contract/fbs/codec"
import { type TableName, tables } from "@galaxy/contract/gen/fbs-tables"
import { find, kinds } from "@galaxy/core/notification/Catalog"
import type { Kind, KindMail } from "@galaxy/core/notification/catalog/Kind"
import { languageOf, languages } from "@galaxy/core/shared/mailLanguage"
import { prepare } from "@galaxy/core/notification/Intent"
import { isStorable } from "@galaxy/core/notification/wellFormed"
import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"

type AnyRow = Kind<unknown> & { readonly mail?: KindMail<unknown> }

const rows = Object.entries(kinds) as unknown as ReadonlyArray<readonly [NotificationKind, AnyRow]>

describe("the catalogue of notifications", () => {
  for (const [name, row] of rows) {
    it.prop(`${name}: whatever fits its payload arrives by every channel`, [row.payload], ([payload]) => {
      const json = Schema.encodeUnknownSync(row.payload)(payload) as codec.JsonObject
      const intent = { kind: name, idempotencyKey: "k", recipients: [], payload: json }
      const prepared = Result.getOrUndefined(prepare(intent))
      // Halves of surrogate pairs and NUL are no text that can be stored.
      assert.strictEqual(prepared !== undefined, isStorable(json))
      if (prepared === undefined) return
      const { event, mail } = prepared
      assert.strictEqual(mail !== undefined, row.mail !== undefined)
      assert.strictEqual(event !== undefined, isEventKind(name))
      if (event !== undefined && isEventKind(name)) {
        assert.deepStrictEqual(codec.decode(tables, eventTables[name], event), json)
      }
      for (const language of mail === undefined ? [] : languages) {
        const words = mail?.(language)
        assert.isNotEmpty(words?.subject)
        assert.isNotEmpty(words?.paragraphs.filter((it) => it !== ""))
        assert.notMatch(words?.subject ?? "", /[\r\n]/)
      }
    })
  }

  for (const [name, table] of Object.entries(eventTables) as ReadonlyArray<readonly [EventKind, TableName]>) {
    it(`${name}: players hear of it, by a table whose fields are those of the payload`, () => {
      const fields = tables[table].fields.map((it) => it.name)
      const payload = Schema.toJsonSchemaDocument(kinds[name].payload).schema as { properties?: object }
      assert.deepStrictEqual(fields.toSorted(), Object.keys(payload.properties ?? {}).toSorted())
    })
  }

  it("channels are as the contract's lists say: events, mails to players, mails to operators", () => {
    const listed = [...Object.keys(eventTables), ...playerMailKinds, ...operatorKinds]
    assert.deepStrictEqual(Object.keys(kinds).toSorted(), [...new Set(listed)].toSorted())
    for (const [name, row] of rows) {
      const operators = (operatorKinds as ReadonlyArray<string>).includes(name)
      const mailed = operators || (playerMailKinds as ReadonlyArray<string>).includes(name)
      assert.strictEqual(row.mail !== undefined, mailed, name)
      assert.strictEqual(find(name)?.mailTo, operators ? "operators" : "recipients", name)
    }
    // A turn comes every day or oftener, and everybody waits for it: no mail.
    assert.isUndefined(find("game.turn.ready")?.mail)
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
