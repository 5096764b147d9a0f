/** The examples of docs/guides/write-your-own-engine.md, asked of a real engine in their order. */
import { readFileSync } from "node:fs"
import { expect, it } from "vitest"
import { withFolder } from "./EngineProcess.ts"

const text = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8")
const guide = text("../../../../docs/guides/write-your-own-engine.md")

const examples = [...guide.matchAll(/```http\n(\S+) (\S+)\n([^`]*)```\n\n```json\n(\d+) ([^`]*)```/g)].map(
  ([, method = "", path = "", body = "", status = "", answer = ""]) => ({
    method,
    path,
    body: body === "" ? undefined : (JSON.parse(body) as unknown),
    status: Number(status),
    answer: JSON.parse(answer) as unknown
  })
)

/** What the guide shows, with leave for more where it says `"…"`. */
const shown = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shown)
  if (typeof value !== "object" || value === null) return value
  const { "…": more, ...rest } = value as Record<string, unknown>
  const fields = Object.fromEntries(Object.entries(rest).map(([name, it]) => [name, shown(it)]))
  return more === undefined ? fields : expect.objectContaining(fields)
}

it("answers as the guide for writers of engines shows", () =>
  withFolder(async (start) => {
    const engine = start()
    await engine.listening()
    expect(examples.length).toBe(guide.match(/```http/g)?.length)
    for (const { method, path, body, status, answer } of examples) {
      const { status: got, json } = await engine.call(method, path, body)
      expect({ of: `${method} ${path}`, status: got, json }).toEqual({
        of: `${method} ${path}`,
        status,
        json: shown(answer)
      })
    }
  }))

it("shows the program that runs the suite on the built-in engine", () => {
  const program = text("./conformance.test.ts")
    .replace(/^.*\n/, "")
    .replace(/import .* from ".*bundled.ts"\n/, "")
    .replace(
      /const program = .*\nconst args = .*\n/,
      'const program = "my-engine"\nconst args: ReadonlyArray<string> = []\n'
    )
    .replace("the built-in engine", "my engine")
  expect(guide).toContain(`\`\`\`ts\n${program}\`\`\`\n`)
})
