/** Each screen has the words that it says: what a route's modules read of the catalogue is in the parts it loads. */
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { en } from "@galaxy/web/core/words/en"
import { loadPart, partsOf } from "@galaxy/web/core/words/parts"
import { describe, expect, it } from "vitest"

const src = join(import.meta.dirname, "../../../src")
const routes = join(src, "routes")
const sections = Object.keys(en).join("|")

/** Ways in which modules read a section: `words().map`, `words.map`, `const { map, orders: say } = words()`. */
const direct = new RegExp(`\\bwords(?:\\(\\))?\\.(${sections})\\b`, "g")
const taken = /\{([^{}]*)\} = words(?:\(\))?(?![\w.(])/g

const saysOf = (source: string): ReadonlyArray<string> => [
  ...Array.from(source.matchAll(direct), ([, section = ""]) => section),
  ...Array.from(source.matchAll(taken), ([, names = ""]) => names)
    .flatMap((names) => names.split(","))
    .flatMap((name) => name.split(":")[0]?.trim() ?? [])
    .filter((name) => Object.hasOwn(en, name))
]

const importing = /\b(?:from|import)\s*\(?\s*"(\.[^"]+\.(?:ts|svelte))"/g

/** What a module and everything that it imports reads, the catalogue itself left out. */
const allSays = (file: string, seen = new Set<string>()): ReadonlySet<string> => {
  const says = new Set<string>()
  const visit = (path: string) => {
    if (seen.has(path) || /core\/words\/(?:en|ru)\//.test(path)) return
    seen.add(path)
    const source = readFileSync(path, "utf8")
    for (const section of saysOf(source)) says.add(section)
    for (const [, to = ""] of source.matchAll(importing)) visit(join(dirname(path), to))
  }
  visit(file)
  return says
}

/** A route's own file, and the layouts around it. */
const filesOf = (id: string): ReadonlyArray<string> => {
  const folders = id.split("/").map((_, index, all) => join(routes, ...all.slice(0, index + 1)))
  const layouts = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((it) => it === "+layout.svelte")
      .map((it) => join(folder, it))
  )
  return [...layouts, join(routes, id, "+page.svelte")]
}

const ids = readdirSync(routes, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith("+page.svelte"))
  .map((path) => `/${dirname(path)}`.replace(/^\/\.$/, "/"))

describe("words of a screen", () => {
  it("finds the routes, and what they say", () => {
    expect(ids).toContain("/")
    expect(ids).toContain("/games/[id]/(play)/map")
    expect(saysOf("const { map: say, orders } = words()\n words().play.x, words.report").toSorted()).toEqual([
      "map",
      "orders",
      "play",
      "report"
    ])
    expect(Array.from(allSays(join(src, "lib/Failure.svelte"))).toSorted()).toEqual(["common", "failure"])
  })

  for (const id of ids) {
    it(`${id} has all of them`, async () => {
      const loaded = await Promise.all(partsOf(id).map((part) => loadPart("en", part)))
      const had = new Set(loaded.flatMap((part) => Object.keys(part)))
      // The layout at the root shows what a player has only where it isn't the door.
      const files = id === "/signin" ? [join(routes, "signin/+page.svelte")] : filesOf(id)
      const missing = files.flatMap((file) =>
        Array.from(allSays(file)).flatMap((section) => (had.has(section) ? [] : [`${relative(src, file)}: ${section}`]))
      )
      expect(missing).toEqual([])
    })
  }

  it("the parts are the whole catalogue, in both languages", async () => {
    for (const language of ["en", "ru"] as const) {
      const parts = await Promise.all(
        (["door", "signedIn", "lobby", "account", "play", "report"] as const).map((it) => loadPart(language, it))
      )
      expect(parts.flatMap((part) => Object.keys(part)).toSorted()).toEqual(Object.keys(en).toSorted())
    }
  })
})
