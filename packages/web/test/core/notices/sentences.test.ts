/** Every kind of event has words in both languages, and a sentence that names what it is about. */
import { eventTables, playerMailKinds } from "@galaxy/contract/events/EventKinds"
import { en } from "@galaxy/web/core/words/en"
import { ru } from "@galaxy/web/core/words/ru"
import { byDay } from "@galaxy/web/core/notices/days"
import * as Notices from "@galaxy/web/core/notices/Notices"
import { sentenceOf } from "@galaxy/web/core/notices/sentences"
import { offOf, setShown } from "@galaxy/web/core/notices/toastKinds"
import { DateTime } from "effect"
import { describe, expect, it } from "vitest"
import { caller } from "../lobby/server.ts"

const payload = { game_id: "g1", game_name: "Reach", race_name: "Aldovar", turn: 7, missed: 2, reason: "removed" }
const languages = { en, ru }

describe("notices", () => {
  it.each(Object.keys(eventTables).flatMap((kind) => Object.keys(languages).map((tag) => [kind, tag] as const)))(
    "%s has a sentence in %s",
    (kind, tag) => {
      const words = languages[tag as keyof typeof languages]
      const said = sentenceOf(words, { kind, payload })
      expect(said?.text).toMatch(/Reach|Aldovar/)
      expect(said?.text).not.toMatch(/undefined|\?/)
      expect(words.notices.kinds).toHaveProperty([kind])
    }
  )

  it.each(Object.keys(languages))("mails have names in %s", (tag) => {
    const { account } = languages[tag as keyof typeof languages]
    expect(Object.keys(account.mailKinds).toSorted()).toEqual([...playerMailKinds].toSorted())
  })

  it("of unknown kinds have none", () => {
    expect(sentenceOf(en, { kind: "game.ate.itself", payload: {} })).toBeUndefined()
  })

  it("take the game's name from elsewhere where the event has none", () => {
    const said = sentenceOf(en, { kind: "game.turn.ready", payload: { game_id: "g1", turn: 3 } }, () => "Far Reach")
    expect(said).toEqual({
      text: "Turn 3 of Far Reach is ready.",
      href: "/games/g1/report",
      gameId: "g1",
      harm: false
    })
  })

  it("are read once they were shown", async () => {
    const list = [3, 2, 1].map((sequence) => ({
      sequence,
      kind: "game.started",
      payload,
      created_at: DateTime.makeUnsafe(0),
      read: sequence === 1
    }))
    const { me, asked } = caller((type) => (type === "user.notices.list" ? { notices: list } : { unread: 0 }))
    const notices = Notices.make(me)
    await notices.load()
    expect(notices.unread.get()).toBe(2)
    await notices.markRead()
    await notices.markRead()
    expect(notices.unread.get()).toBe(0)
    expect(asked.filter(({ type }) => type === "user.notices.read")).toEqual([
      { type: "user.notices.read", request: { up_to: 3 } }
    ])
  })

  it("stand under their days", () => {
    const now = new Date(2026, 10, 30, 12).getTime()
    const at = (hoursAgo: number, sequence: number) =>
      ({ sequence, created_at: DateTime.makeUnsafe(now - hoursAgo * 3_600_000) }) as never
    const days = byDay(en, "en", [at(1, 5), at(2, 4), at(13, 3), at(60, 2)], now)
    expect(days.map(({ day, notices }) => [day, notices.length])).toEqual([
      ["Today", 2],
      ["Yesterday", 1],
      ["Saturday, November 28", 1]
    ])
  })

  it("can be kept from being shown, one kind at a time", () => {
    let kept: string | undefined = "of.another.version"
    const place = {
      read: () => kept,
      write: (text: string) => {
        kept = text
      }
    }
    setShown(place, "game.turn.ready", false)
    expect([...offOf(place)].toSorted()).toEqual(["game.turn.ready", "of.another.version"])
    setShown(place, "game.turn.ready", true)
    expect([...offOf(place)]).toEqual(["of.another.version"])
  })
})
