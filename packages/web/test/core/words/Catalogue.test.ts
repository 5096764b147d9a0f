import { make, type Spoken } from "@galaxy/web/core/words/Catalogue"
import type { Part } from "@galaxy/web/core/words/parts"
import type { Language, Words } from "@galaxy/web/core/words/Words"
import { expect, it } from "vitest"

const door = { language: "en", words: { door: "en" } as unknown as Words } satisfies Spoken

/** Loads that are answered by hand, in any order. */
const shelf = (language: Language = "en") => {
  const asked: Array<{ readonly what: string; readonly done: (error?: Error) => void }> = []
  const load = (spoken: Language, part: Part) =>
    new Promise<Partial<Words>>((found, lost) =>
      asked.push({
        what: `${spoken} ${part}`,
        done: (error) => (error === undefined ? found({ [part]: spoken }) : lost(error))
      })
    )
  const catalogue = make(door, language, load)
  return {
    catalogue,
    seen: () => [catalogue.spoken.get().language, catalogue.spoken.get().words] as const,
    asked: () => asked.map(({ what }) => what),
    done: async (what: string, error?: Error) => {
      const index = asked.findIndex((it) => it.what === what)
      asked.splice(index, 1)[0]?.done(error)
      await new Promise((later) => setImmediate(later))
    }
  }
}

it("loads what a screen needs and doesn't have, once", async () => {
  const { asked, catalogue, done, seen } = shelf()
  const first = catalogue.need(["door", "lobby"])
  expect(asked()).toEqual(["en lobby"])
  await done("en lobby")
  await first
  await catalogue.need(["door", "lobby"])
  expect(asked()).toEqual([])
  expect(seen()).toEqual(["en", { door: "en", lobby: "en" }])
})

it("begins in the language of the person, without the words of another", async () => {
  const { asked, catalogue, done, seen } = shelf("ru")
  const ready = catalogue.need(["lobby"])
  expect(asked()).toEqual(["ru door", "ru lobby"])
  await done("ru door")
  expect(seen()).toEqual(["en", { door: "en" }])
  await done("ru lobby")
  await ready
  expect(seen()).toEqual(["ru", { door: "ru", lobby: "ru" }])
})

it("speaks the language that was chosen last, also with a screen that was opened meanwhile", async () => {
  const { asked, catalogue, done, seen } = shelf()
  const choices = [catalogue.speak("ru"), catalogue.speak("en"), catalogue.speak("ru")]
  const opened = catalogue.need(["play"])
  for (let what = asked()[0]; what !== undefined; what = asked()[0]) await done(what)
  await Promise.all([...choices, opened])
  expect(seen()).toEqual(["ru", { door: "ru", play: "ru" }])
})

it("stays with the language that it has where another can't be loaded", async () => {
  const { catalogue, done, seen } = shelf()
  const failed = catalogue.speak("ru").catch((error: unknown) => error)
  await done("ru door", new Error("away"))
  expect(await failed).toEqual(new Error("away"))
  expect(seen()).toEqual(["en", { door: "en" }])
  const opened = catalogue.need(["play"])
  await done("en play")
  await opened
  expect(seen()).toEqual(["en", { door: "en", play: "en" }])
})
