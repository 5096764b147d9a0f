/** Letters in both forms, and the links in them. */
import { playerMailKinds } from "@galaxy/contract/events/EventKinds"
import { UserId } from "@galaxy/contract/ids/Ids"
import { letter } from "@galaxy/core/mail/Letter"
import { escaped } from "@galaxy/core/shared/html"
import * as UnsubscribeLinks from "@galaxy/core/mail/UnsubscribeLinks"
import { newId } from "@galaxy/core/shared/NewId"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Redacted, Schema } from "effect"

const link = "https://galaxy.example.org/stop?token=a&b"
const words = (text: string) => ({ subject: text, paragraphs: [text, { code: text }] })

/** The tags of a document, without their attributes' values. */
const tagsOf = (html: string) => [...html.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replaceAll(/"[^"]*"/g, '""'))

const linksWith = (fill: number, publicUrl = "https://galaxy.example.org") =>
  UnsubscribeLinks.layer({ secret: Redacted.make(new Uint8Array(32).fill(fill)), publicUrl })

describe("a letter", () => {
  it.prop("has the same tags whatever players have written into it", [Schema.String], ([text]) => {
    const options = { language: "en", unsubscribe: link } as const
    const plain = letter(words("x"), options)
    const wild = letter(words(`${text}<script src="http://x">&'"</p><!--`), options)
    assert.deepStrictEqual(tagsOf(wild.html), tagsOf(plain.html))
  })

  it("escapes what HTML would read, and drops what it can't hold", () => {
    assert.strictEqual(escaped(`<a href="x">&'\u0000\u0007\n`), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;\n")
  })

  it("loads nothing, and leads only to where its mails are stopped", () => {
    const { html, text, unsubscribe } = letter(words("hello"), { language: "ru", unsubscribe: link })
    assert.notMatch(html, /\b(src|srcset|background|poster)=|url\(|@import|<(link|script|img|iframe|object)/i)
    assert.deepStrictEqual([...html.matchAll(/https?:[^"]*/g)].map(String), [
      "https://galaxy.example.org/stop?token=a&amp;b"
    ])
    assert.include(html, '<html lang="ru">')
    assert.include(text, link)
    assert.strictEqual(unsubscribe, link)
    const alone = letter(words("hello"), { language: "ru" })
    assert.notInclude(alone.html + alone.text, "http")
    assert.notProperty(alone, "unsubscribe")
  })
})

describe("a link that stops mails", () => {
  it.effect("is read back by the platform that made it, and by no other", () =>
    Effect.gen(function* () {
      const links = yield* UnsubscribeLinks.UnsubscribeLinks
      const others = yield* Effect.provide(UnsubscribeLinks.UnsubscribeLinks, linksWith(2))
      for (const kind of playerMailKinds) {
        const userId = UserId.make(yield* newId)
        const url = new URL(yield* links.link({ userId, kind }))
        assert.strictEqual(url.origin, "https://galaxy.example.org")
        const token = url.searchParams.get("token") ?? ""
        assert.deepStrictEqual(yield* links.read(token), Option.some({ userId, kind }))
        assert.isTrue(Option.isNone(yield* others.read(token)))
      }
    }).pipe(Effect.provide(linksWith(1)))
  )

  it.effect("isn't read once a byte of it has changed, is missing or is one too many", () =>
    Effect.gen(function* () {
      const links = yield* UnsubscribeLinks.UnsubscribeLinks
      const userId = UserId.make(yield* newId)
      const token = (yield* links.link({ userId, kind: "game.started" })).split("token=")[1] ?? ""
      const bytes = Buffer.from(token, "base64url")
      const changed = Array.from(bytes, (_, at) => bytes.map((byte, index) => (index === at ? byte ^ 1 : byte)))
      const cut = [bytes.subarray(1), bytes.subarray(0, -1), bytes.subarray(0, 33), Buffer.concat([bytes, bytes])]
      for (const wrong of [...changed, ...cut]) {
        assert.isTrue(Option.isNone(yield* links.read(Buffer.from(wrong).toString("base64url"))))
      }
      for (const wrong of ["", "A", "!", "ж", "A".repeat(10_000)]) {
        assert.isTrue(Option.isNone(yield* links.read(wrong)), wrong.slice(0, 20))
      }
    }).pipe(Effect.provide(linksWith(1)))
  )
})
