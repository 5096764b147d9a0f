/**
 * What the operators' pages name is there: settings, metrics, alerts, lines of logs, what `doctor` and `why` tell, tests.
 *
 * A page marks what it quotes by a word before it, such as log: `backend is ready`, doctor: `mail.relay`, why: `stopped`; an
 * ellipsis stands for what differs.
 */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { filesBelow, root } from "./lib/tree.ts"

const read = (path: string): string => readFileSync(join(root, path), "utf8")

const pages = [
  "docs/guides/operate.md",
  ...filesBelow(join(root, "docs/operating"))
    .filter((path) => path.endsWith(".md"))
    .map((path) => `docs/operating/${path}`)
]

const settings = read("docs/reference/configuration.md")
const metrics = read("docs/reference/metrics.md")
const alerts = read("docs/operating/dashboards/alerts.yml")
const sources = filesBelow(join(root, "packages"))
  .filter((path) => /^[^/]+\/src\/.*\.ts$/.test(path))
  .map((path) => read(join("packages", path)))

const inSources = (text: string): boolean => {
  const pieces = text.split("…").map((it) => it.trim())
  return sources.some((source) => pieces.every((piece) => source.includes(piece)))
}

interface Kind {
  readonly what: string
  readonly pattern: RegExp
  readonly isThere: (name: string) => boolean
}

const kinds: ReadonlyArray<Kind> = [
  {
    what: "setting",
    pattern: /\b((?:BACKEND|GATEWAY|USERSERVICE|GALAXY|OTEL)_[A-Z0-9_]*[A-Z0-9])\b/g,
    isThere: (name) => settings.includes(name)
  },
  { what: "metric", pattern: /`((?:galaxy|userservice)_[a-z0-9_]+)`/g, isThere: (name) => metrics.includes(name) },
  { what: "alert", pattern: /`(Galaxy[A-Z][A-Za-z]+)`/g, isThere: (name) => alerts.includes(`alert: ${name}\n`) },
  { what: "line of a log", pattern: /\blog: `([^`]+)`/g, isThere: inSources },
  { what: "finding of doctor", pattern: /\bdoctor: `([^`]+)`/g, isThere: (name) => inSources(`"${name}"`) },
  { what: "code of why", pattern: /\bwhy: `([^`]+)`/g, isThere: (name) => inSources(`"${name}"`) },
  {
    what: "path",
    pattern: /`((?:packages|integration|scripts|deploy|docs)\/[^`\s]+)`/g,
    isThere: (path) => existsSync(join(root, path))
  }
]

const missing = (text: string): ReadonlyArray<string> =>
  kinds.flatMap(({ isThere, pattern, what }) =>
    [...new Set(Array.from(text.matchAll(pattern), ([, name = ""]) => name))]
      .filter((name) => !isThere(name))
      .map((name) => `${what} ${name}`)
  )

/** What every backend reads from the database that all of them share. */
const ofAllBackends =
  /\bsum(?:\s+by\s*\([^()]*\))?\s*\(\s*galaxy_(?:games|runtimes|accounts|outbox_depth|outbox_oldest_age_seconds)\b/

describe("the dashboard", () => {
  it("adds nothing up that all backends read from one database", () => {
    expect(read("docs/operating/dashboards/galaxy.json")).not.toMatch(ofAllBackends)
    expect(alerts).not.toMatch(ofAllBackends)
    for (const sum of ["sum by (galaxy_status) (galaxy_games{})", "sum(galaxy_accounts)"])
      expect(sum).toMatch(ofAllBackends)
  })
})

describe("the operators' pages", () => {
  it.each(pages)("%s names what is there", (page) => {
    expect(missing(read(page))).toEqual([])
  })

  it("would be told of anything that isn't", () => {
    const text =
      "BACKEND_NO_SUCH, `galaxy_no_such_total`, `GalaxyNoSuch`, log: `no such galaxy … line`, doctor: `no.such`, why: `no_such`, `packages/none.ts`"
    expect(missing(text)).toHaveLength(7)
  })
})
