/** The program of docs/guides/embed-the-engine.md is run as it stands there, and does what the guide says it does. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { makeTurn } from "@galaxy/engine/turn/makeTurn"
import { assert, it } from "@effect/vitest"
import { galaxyOf, raceName } from "../support/games.ts"

const root = new URL("../../../../", import.meta.url)
const guide = readFileSync(new URL("docs/guides/embed-the-engine.md", root), "utf8")

const blocks = (kind: string): ReadonlyArray<string> =>
  [...guide.matchAll(new RegExp(`^\`\`\`${kind}\\n([^]*?)^\`\`\`$`, "gm"))].map(([, body = ""]) => body)

it("the guide's program plays its game from the sources, by the condition that the guide names", () => {
  const [program, ...more] = blocks("ts")
  assert.deepStrictEqual(more, [])
  const folder = mkdtempSync(join(tmpdir(), "galaxy-embed-"))
  try {
    writeFileSync(join(folder, "game.mts"), program ?? "")
    symlinkSync(fileURLToPath(new URL("node_modules", root)), join(folder, "node_modules"))
    const { stdout, stderr, status } = spawnSync(process.execPath, ["--conditions=@galaxy/source", "game.mts"], {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: "" },
      encoding: "utf8"
    })
    assert.strictEqual(status, 0, stderr)
    const [start = "nothing is shown"] = blocks("text")
    assert.isTrue(stdout.startsWith(start), stdout)
    const last = stdout.trimEnd().split("\n\n").at(-1) ?? ""
    assert.match(last, /^Refused orders\n.*S 1 1\n +unknown_group: [^\n]+$/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

it("the guide shows the defect as it is thrown", () => {
  const start = galaxyOf([{}, { owner: 1 }, { owner: 2 }])
  const byName = new Map([[raceName(0) as unknown as number, []]])
  const shown = blocks("text")[1]?.trim().replace("Terrans", raceName(0))
  assert.throws(() => makeTurn(start, { orders: byName, banished: new Set() }), shown)
})
