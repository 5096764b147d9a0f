import { reasonsOf } from "@galaxy/contract/api/ApiError"
import { CallFailed, Refused, SessionEnded, Unavailable, Untrusted } from "@galaxy/client/ClientError"
import { archiveWords } from "@galaxy/web/core/words/archiveWords"
import { en } from "@galaxy/web/core/words/en"
import { failureText, requestIdOf } from "@galaxy/web/core/words/failures"
import { orderFormWords } from "@galaxy/web/core/words/orderFormWords"
import { ru } from "@galaxy/web/core/words/ru"
import { simulatorWords } from "@galaxy/web/core/words/simulatorWords"
import { instant, relative, span } from "@galaxy/web/core/words/times"
import { whyWords } from "@galaxy/web/core/words/whyWords"
import { languageOf, localeOf } from "@galaxy/web/core/words/Words"
import { describe, expect, it } from "vitest"

/** Every text of a catalogue by its path; functions are called with arguments that show. */
const texts = (section: object, path = ""): ReadonlyArray<readonly [string, string]> =>
  Object.entries(section).flatMap(([key, value]) => {
    const at = path === "" ? key : `${path}.${key}`
    if (typeof value === "string") return [[at, value] as const]
    if (typeof value === "function") return [[at, String(value("3", "5", "7"))] as const]
    return texts(value as object, at)
  })

describe("words", () => {
  it("are there in both languages, and Russian is Russian", () => {
    const [english, russian] = [texts(en), texts(ru)]
    expect(russian.map(([path]) => path)).toEqual(english.map(([path]) => path))
    expect([...english, ...russian].filter(([, text]) => text.trim() === "")).toEqual([])
    // Names, letters and keys are the same everywhere.
    const untranslated = russian.filter(([path, text]) =>
      text === en.common.appName || !/[a-z]{4}/i.test(text)
        ? false
        : !/[а-яё]/i.test(text) && text === new Map(english).get(path)
    )
    expect(untranslated).toEqual([])
  })

  it.each([
    ["archive", archiveWords],
    ["orderForm", orderFormWords],
    ["simulator", simulatorWords],
    ["why", whyWords]
  ])("of %s, which are loaded on demand, are there in both languages too", (_, { en: english, ru: russian }) => {
    const [one, other] = [texts(english), texts(russian)]
    expect(other.map(([path]) => path)).toEqual(one.map(([path]) => path))
    expect([...one, ...other].filter(([, text]) => text.trim() === "")).toEqual([])
    expect(
      other.filter(([, text]) => !/[а-яё]/i.test(text.replace(/^3: 5 × 7, .*$/, "я"))).map(([path]) => path)
    ).toEqual([])
  })

  it("there are words for every reason that the backend gives", () => {
    for (const reason of [...reasonsOf.conflict, ...reasonsOf.forbidden]) {
      const error = new CallFailed({ code: "conflict", message: "in English only", reason })
      for (const words of [en, ru]) expect(failureText(words, error)).not.toBe(words.failure.refused)
    }
  })

  it("are written with the person's region", () => {
    expect(localeOf("en", ["ru-RU", "en-GB", "en-US"])).toBe("en-GB")
    expect(localeOf("en", ["de-DE", "en"])).toBe("en")
    expect(localeOf("ru", ["en-GB", "ru-BY"])).toBe("ru-BY")
  })

  it("name the request only where something went wrong at the server", () => {
    const requestId = "0190f7a2"
    const failed = (code: string) => new CallFailed({ code, message: "", requestId })
    expect(
      ["internal_error", "service_unavailable", "conflict", "not_found"].map((it) => requestIdOf(failed(it)))
    ).toEqual([requestId, requestId, undefined, undefined])
    expect(requestIdOf(new Unavailable({ message: "", requestId }))).toBeUndefined()
    expect(requestIdOf(new Unavailable({ message: "", reason: "backend_unavailable", requestId }))).toBe(requestId)
    expect(requestIdOf(new Refused({ reason: "rate_limited", message: "", requestId }))).toBeUndefined()
  })

  it("say what happened for every kind of failure", () => {
    const failures = [
      new Unavailable({ message: "no" }),
      new Untrusted({ message: "no" }),
      new SessionEnded({ reason: "session_revoked" }),
      new Refused({ reason: "rate_limited", message: "no", retryAfterMs: 1_200 }),
      new Refused({ reason: "later_version", message: "no" }),
      new CallFailed({ code: "not_found", message: "no" }),
      new CallFailed({ code: "internal_error", message: "no" }),
      new CallFailed({ code: "conflict", message: "no", reason: "of_a_later_version" }),
      new CallFailed({ code: "rate_limited", message: "no" })
    ]
    const said = failures.map((error) => failureText(en, error))
    expect(new Set(said).size).toBe(failures.length - 1)
    expect(said[3]).toContain("2 s")
    expect(failureText(en, new Unavailable({ message: "no" }), true)).not.toContain("may")
  })

  it("a language is chosen by its main part, and is English where there is none", () => {
    expect(languageOf(["", "de-AT", "ru-RU", "en"])).toBe("ru")
    expect(languageOf(["de"])).toBe("en")
  })
})

describe("times", () => {
  it("are spans of the two largest units", () => {
    const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000]
    expect(span("en", 4 * hour + 12 * minute + 30 * second)).toBe("4 hr 12 min")
    expect(span("en", 2 * day + 3 * hour + minute)).toBe("2 days 3 hr")
    expect(span("en", 5 * minute + 7 * second)).toBe("5 min")
    expect(span("en", 7_900)).toBe("7 sec")
    expect(span("en", -5)).toBe("0 sec")
    expect(span("ru", 2 * hour)).toBe("2 ч")
  })

  it("are instants in a zone, and relative to now", () => {
    expect(instant("en", Date.UTC(2026, 10, 29, 5), "Europe/Berlin")).toMatch(/Sun.*Nov 29.*06:00/)
    expect(relative("en", 0, 7_200_000)).toBe("2 hours ago")
    expect(relative("en", 60_000, 0)).toBe("in 1 minute")
  })
})
