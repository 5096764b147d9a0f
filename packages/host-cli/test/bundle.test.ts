import { execFile, spawn, spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { release } from "@galaxy/contract/release"
import { Effect } from "effect"
import { allDocs } from "galaxy-admin/help/docs"
import { quickPages } from "galaxy-admin/help/quick"
import { tree } from "galaxy-admin/tree/build"
import { hasForTests } from "../../../scripts/lib/hasForTests.ts"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const game = "0190a0b0-0000-7000-8000-000000000001"
const folder = mkdtempSync(join(tmpdir(), "galaxy-admin-bundle-"))
const bin = join(folder, "bin.js")

/** The oldest Node that the package promises, where there is one on the PATH. */
const oldNode = (process.env["PATH"] ?? "")
  .split(delimiter)
  .map((it) => join(it, "node"))
  .find((it) => spawnSync(it, ["--version"], { encoding: "utf8", env: {} }).stdout?.startsWith("v20."))
hasForTests(oldNode !== undefined, "the bundle on the oldest Node that it promises (no Node 20 is on the PATH)")

const nodes = [process.execPath, ...(oldNode === undefined ? [] : [oldNode])]

const seen: Array<{ readonly method: string; readonly url: string; readonly reason: unknown }> = []

const answer = (request: IncomingMessage, response: ServerResponse) => {
  let body = ""
  request.on("data", (chunk: Buffer) => (body += chunk.toString()))
  request.on("end", () => {
    const { method = "", url = "" } = request
    seen.push({ method, url, reason: body === "" ? undefined : (JSON.parse(body) as { reason?: unknown }).reason })
    const one = {
      game_id: game,
      game_name: "Orion",
      status: "running",
      runtime_status: "running",
      current_turn: 3,
      member_count: 2
    }
    const games = Array.from({ length: 200 }, () => one)
    const document = url.includes("dry-run")
      ? {
          action: "game.cancel",
          side_effects: [{ kind: "mail", what: "lobby.game.cancelled", count: 2 }],
          only_checked: []
        }
      : /\/games(\?|$)/.test(url)
        ? { games, next_cursor: `after-${seen.length}` }
        : one
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(document))
  })
}

const server = createServer(answer)
let env: Record<string, string> = {}

beforeAll(async () => {
  const script = fileURLToPath(new URL("../build.mjs", import.meta.url))
  const { status, stderr } = spawnSync(process.execPath, [script, folder], { encoding: "utf8" })
  if (status !== 0) throw new Error(stderr)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  env = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    TERM: "xterm",
    GALAXY_ADMIN_SERVER: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    GALAXY_ADMIN_USER: "ada",
    GALAXY_ADMIN_PASSWORD: "correct horse battery"
  }
}, 120_000)

afterAll(() => {
  server.close()
  server.closeAllConnections()
  rmSync(folder, { recursive: true, force: true })
})

const run = async (node: string, ...args: ReadonlyArray<string>) => {
  try {
    const { stdout, stderr } = await promisify(execFile)(node, [bin, ...args], { env, maxBuffer: 100_000_000 })
    return { code: 0, stdout, stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, stdout, stderr }
  }
}

/** Runs it in a pseudo-terminal; each step waits for a text and then types. */
const inTerminal = (args: string, steps: ReadonlyArray<readonly [until: string, type: string]>) =>
  new Promise<{ readonly code: number | null; readonly shown: string }>((resolve) => {
    const child = spawn("script", ["-qec", `${process.execPath} ${bin} ${args}`, "/dev/null"], { env })
    const left = [...steps]
    let shown = ""
    let from = 0
    child.stdout.on("data", (chunk: Buffer) => {
      shown += chunk.toString()
      for (let step = left[0]; step !== undefined && shown.indexOf(step[0], from) >= 0; step = left[0]) {
        from = shown.indexOf(step[0], from) + step[0].length
        child.stdin.write(step[1])
        left.shift()
      }
    })
    child.on("close", (code) => resolve({ code, shown }))
  })

describe("the bundle", () => {
  it("imports nothing but Node's own modules and itself", () => {
    const wrong = readdirSync(folder)
      .filter((file) => file.endsWith(".js"))
      .flatMap((file) =>
        [...readFileSync(join(folder, file), "utf8").matchAll(/(?:^|[;}])import[^"'`;]*["'`]([^"'`]+)["'`]/g)]
          .map(([, specifier = ""]) => specifier)
          .filter((specifier) => !specifier.startsWith("./") && !specifier.startsWith("node:"))
      )
    expect(wrong).toEqual([])
  })

  it.each(nodes)("runs on %s", async (node) => {
    expect(await run(node, "--version")).toEqual({ code: 0, stdout: `${release}\n`, stderr: "" })
    expect((await run(node, "game", "list", "--help")).stdout).toContain("--status")
    const { stdout } = await run(node, "game", "get", game, "-o", "json")
    expect(JSON.parse(stdout)).toMatchObject({ game_name: "Orion" })
    expect(JSON.parse((await run(node, "spec")).stdout)).toMatchObject({ program: "galaxy-admin" })
  })

  it("ends quietly when its reader has seen enough", async () => {
    const { stdout } = await promisify(execFile)(
      "bash",
      [
        "-c",
        `"${process.execPath}" "${bin}" game list --limit 0 -o stream-json | head -n 1; echo "exit \${PIPESTATUS[0]}"`
      ],
      { env }
    )
    expect(stdout).toMatch(/^\{"type":"item".*\}\nexit 0\n$/)
  })

  it("shows no secret with --trace", async () => {
    const { stderr } = await run(
      process.execPath,
      "game",
      "pause",
      game,
      "--yes",
      "--reason",
      "ask ada@example.org",
      "--trace"
    )
    expect(stderr).toContain("> authorization: ********")
    expect(stderr).toContain("POST")
    expect(stderr).not.toContain("correct horse")
    expect(stderr).not.toContain(Buffer.from("ada:correct horse battery").toString("base64"))
    expect(stderr).not.toContain("@example.org")
  })
})

describe("in a terminal", () => {
  it("a yes is asked for, and anything else is no", async () => {
    const yes = await inTerminal(`game pause ${game}`, [["[y/N]", "y\r"]])
    expect(yes.shown).toContain('"Orion"')
    expect(yes.code).toBe(0)
    seen.length = 0
    const no = await inTerminal(`game pause ${game}`, [["[y/N]", "\r"]])
    expect(no.shown).toContain("Nothing was done.")
    expect([no.code, seen.filter(({ method }) => method !== "GET")]).toEqual([2, []])
  })

  it("what can't be undone shows what would happen, and needs the name", async () => {
    seen.length = 0
    const { code, shown } = await inTerminal(`game cancel ${game}`, [
      ["Reason", "too few players\r"],
      ["Type", "orion\r"],
      ["isn't", "Orion\r"]
    ])
    expect(shown).toContain("2 × mail: lobby.game.cancelled")
    expect(code).toBe(0)
    expect(seen.at(-1)).toMatchObject({
      method: "POST",
      url: `/api/v1/admin/games/${game}/cancel`,
      reason: "too few players"
    })
  })

  it("Ctrl-C at a question ends it with 130, and nothing was done", async () => {
    seen.length = 0
    const { code } = await inTerminal(`game pause ${game}`, [["[y/N]", "\u0003"]])
    expect([code, seen.filter(({ method }) => method !== "GET")]).toEqual([130, []])
  })

  it("a password isn't shown", async () => {
    const { code, shown } = await inTerminal("admin create lin", [
      ["New password:", "a secret of lin\r"],
      ["again:", "a secret of lin\r"]
    ])
    expect(code).toBe(0)
    expect(shown).not.toContain("a secret of lin")
  })
})

describe("help", () => {
  const hook = `data:text/javascript,${encodeURIComponent(`
    import { registerHooks } from "node:module"
    import { statSync, writeSync } from "node:fs"
    import { fileURLToPath } from "node:url"
    registerHooks({
      load(url, context, next) {
        if (url.startsWith("file:")) writeSync(2, statSync(fileURLToPath(url)).size + "\\n")
        return next(url, context)
      }
    })`)}`

  it.each([["--help"], ["game", "list", "--help"], ["db"]])("of %s loads neither parser nor tree", (...args) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", hook, bin, ...args], {
      env,
      encoding: "utf8"
    })
    expect([status, stdout]).toEqual([0, expect.stringContaining("Usage\n  galaxy-admin")])
    const bytes = stderr.trim().split("\n").map(Number)
    // 4 kB today, and the pages; how long it takes is measured by `speed.nightly.test.ts` and `npm run bench -- cli`.
    expect(bytes.reduce((sum, it) => sum + it, 0)).toBeLessThan(12_000)
    expect(statSync(join(folder, "help.json")).size).toBeLessThan(100_000)
  })

  it("has a manual page, the same as in the reference", () => {
    const page = readFileSync(join(folder, "galaxy-admin.1"), "utf8")
    const reference = new URL("../../../docs/reference/galaxy-admin.1", import.meta.url)
    expect(page).toBe(readFileSync(reference, "utf8"))
  })

  it("is that of the tree", async () => {
    const pages = await Effect.runPromise(allDocs(tree()))
    expect(JSON.parse(readFileSync(join(folder, "help.json"), "utf8"))).toEqual(
      JSON.parse(JSON.stringify(quickPages(pages)))
    )
  })
})
