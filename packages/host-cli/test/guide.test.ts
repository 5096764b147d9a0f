/** Every command of the operators' pages is one that exists, with arguments and flags that it takes. */
import { readdirSync, readFileSync } from "node:fs"
import { beforeAll, describe, expect, it } from "vitest"
import { cli } from "./cli.ts"

interface Flag {
  readonly name: string
  readonly aliases: ReadonlyArray<string>
  readonly value: string | null
}
interface Spec {
  readonly flags: ReadonlyArray<Flag>
  readonly commands: ReadonlyArray<{
    readonly command: string
    readonly arguments: ReadonlyArray<object>
    readonly flags: ReadonlyArray<Flag>
  }>
}

const docs = new URL("../../../docs/", import.meta.url)

/** Command lines of a page: in blocks of a shell, and in its sentences. */
const linesOf = (page: string): ReadonlyArray<string> => {
  const text = readFileSync(new URL(page, docs), "utf8")
  const blocks = [...text.matchAll(/^```sh\n([^]*?)^```$/gm)].flatMap(([, block = ""]) => block.trim().split("\n"))
  const mentioned = [...text.matchAll(/`(galaxy-admin [a-z][^`]* [^`]*)`/g)].map(([, line = ""]) => line)
  return [...blocks, ...mentioned]
    .map((line) => line.replace(/^npm run admin -- /, "galaxy-admin ").replace(/ +# .*$/, ""))
    .filter((line) => line.startsWith("galaxy-admin ") && !line.startsWith("galaxy-admin --"))
}

const lines = linesOf("guides/operate.md")
const operating = readdirSync(new URL("operating/", docs), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".md"))
  .flatMap((name) => linesOf(`operating/${name}`).map((line) => [name, line] as const))

const wordsOf = (line: string): ReadonlyArray<string> =>
  Array.from(line.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, bare]) => quoted ?? bare ?? "").slice(1)

/** What keeps these words from being a command line of the program. */
const problemOf = (spec: Spec, line: string): string | undefined => {
  const words = wordsOf(line)
  const command = spec.commands
    .filter((it) => it.command.split(" ").every((word, index) => words[index] === word))
    .toSorted((a, b) => b.command.length - a.command.length)[0]
  if (command === undefined) return "there is no such command"
  const flags = [...spec.flags, ...command.flags]
  let places = 0
  for (let index = command.command.split(" ").length; index < words.length; index++) {
    const word = words[index] ?? ""
    if (!word.startsWith("-")) {
      places += 1
      continue
    }
    const flag = flags.find((it) => it.name === word || it.aliases.includes(word))
    if (flag === undefined) return `${word} isn't a flag of it`
    if (flag.value !== null) index += 1
    if (index >= words.length) return `${word} lacks its value`
  }
  return places > command.arguments.length ? "it has too many arguments" : undefined
}

describe("the operators' pages", () => {
  let spec: Spec
  beforeAll(async () => {
    spec = JSON.parse((await cli(["spec"])).stdout) as Spec
  })

  it("have commands of every noun that a day needs", () => {
    const nouns = new Set(lines.map((line) => wordsOf(line)[0]))
    const wanted = [
      "admin",
      "audit",
      "backup",
      "context",
      "db",
      "doctor",
      "engine",
      "game",
      "mail",
      "runtime",
      "user",
      "why"
    ]
    expect([...nouns]).toEqual(expect.arrayContaining(wanted))
  })

  it.each(lines)("%s", (line) => expect(problemOf(spec, line)).toBeUndefined())

  it.each(operating)("in operating/%s: %s", (_page, line) => expect(problemOf(spec, line)).toBeUndefined())

  it("would notice a command, a flag or an argument too much that doesn't exist", () => {
    for (const line of ["galaxy-admin game launch x", "galaxy-admin game list --sate x", "galaxy-admin whoami x"]) {
      expect(problemOf(spec, line)).toBeDefined()
    }
  })
})
