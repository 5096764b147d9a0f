/** Each screen has the words that it says: what a route's modules read of the catalogue is in the parts it loads. */
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { en } from "@galaxy/web/core/words/en"
import { loadPart, type Part, partsOf } from "@galaxy/web/core/words/parts"
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

/** A dialog that brings a part of the catalogue with it. */
const bringing = /\bwithWords\("(\w+)", import\("([^"]+)"\)\)/g

const sectionsOf = async (parts: ReadonlyArray<Part>): Promise<ReadonlySet<string>> =>
  new Set((await Promise.all(parts.map((part) => loadPart("en", part)))).flatMap((part) => Object.keys(part)))

/** What a module and everything that it imports reads, the catalogue itself left out. */
const allSays = async (file: string): Promise<ReadonlySet<string>> => {
  const says = new Set<string>()
  const seen = new Set<string>()
  const brought: Array<Promise<void>> = []
  const visit = (path: string) => {
    if (seen.has(path) || /core\/words\/(?:en|ru)\//.test(path)) return
    seen.add(path)
    const source = readFileSync(path, "utf8")
    for (const section of saysOf(source)) says.add(section)
    for (const [, part, to = ""] of source.matchAll(bringing))
      brought.push(bring(join(dirname(path), to), part as Part))
    for (const [, to = ""] of source.replaceAll(bringing, "").matchAll(importing)) visit(join(dirname(path), to))
  }
  const bring = async (path: string, part: Part) => {
    const had = await sectionsOf([part])
    for (const section of await allSays(path)) if (!had.has(section)) says.add(section)
  }
  visit(file)
  await Promise.all(brought)
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
  it("finds the routes, and what they say", async () => {
    expect(ids).toContain("/")
    expect(ids).toContain("/games/[id]/(play)/map")
    expect(saysOf("const { map: say, orders } = words()\n words().play.x, words.report").toSorted()).toEqual([
      "map",
      "orders",
      "play",
      "report"
    ])
    expect(Array.from(await allSays(join(src, "lib/Failure.svelte"))).toSorted()).toEqual(["common", "failure"])
  })

  for (const id of ids) {
    it(`${id} has all of them`, async () => {
      const had = await sectionsOf(partsOf(id))
      // The layout at the root shows what a player has only where it isn't the door.
      const files = id === "/signin" ? [join(routes, "signin/+page.svelte")] : filesOf(id)
      const missing: Array<string> = []
      for (const file of files)
        for (const section of await allSays(file))
          if (!had.has(section)) missing.push(`${relative(src, file)}: ${section}`)
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
