/** Data of players, servers and other users of the machine that means harm: it steers no terminal, and fills no memory. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { identityOf } from "@galaxy/host-node/files/processIdentity"
import { afterAll, describe, expect, it } from "vitest"
import { cli, json, type Surroundings } from "./cli.ts"

const id = "0190a0b0-0000-7000-8000-000000000001"
/** A colour, a link, C1's way to begin a sequence, a text that reads backwards, an invisible tag, half a character. */
const name = "\u001b[31mA\u001b]8;;http://evil\u0007B\u009b2JC\u202eD\u200fE\u2066F\u{e0041}G\ud800H"
const harmful =
  // oxlint-disable-next-line no-control-regex -- what must not reach a terminal
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/u

const game = { game_id: id, game_name: name, status: name, runtime_status: "running", current_turn: 3 }
const why = {
  ...game,
  summary: name,
  turn_schedule: name,
  time_zone: name,
  engine: { version: name, state: name, health: name },
  orders: { players: 2, given: 1, awaited: [{ race_name: name, missed_turns: 2 }] },
  blocks: [{ code: name, message: name, acts: name }]
}

const server = (request: Request) => {
  const { pathname } = new URL(request.url)
  const answer = pathname.endsWith("/why")
    ? json(why)
    : pathname.endsWith("/cancel")
      ? json({ error: { code: name, message: name, reason: name } }, 409)
      : pathname.endsWith("/games")
        ? json({ games: [game, game] })
        : json(game)
  answer.headers.set("x-name", "\u009b2J")
  return answer
}

describe("what players write", () => {
  it.each([
    ["game", "get", id],
    ["game", "list"],
    ["game", "get", "name:Orion"],
    ["why", id],
    ["game", "cancel", id, "--reason", "x", "--confirm", name],
    ["game", "pause", id],
    ["game", "pause", id, "--yes", "--trace"],
    ["game", "pause", "-", "--yes", "--keep-going"]
  ])("steers no terminal: %s %s %s", async (...args) => {
    for (const format of ["text", "json", "stream-json"]) {
      for (const columns of [undefined, 100]) {
        const { stdout, stderr } = await cli([...args, "-o", format, "--no-color"], {
          fetch: server,
          input: `${id}\nname:${name.replaceAll(/[\r\n]/g, "")}\n`,
          ...(columns === undefined ? {} : { columns, answers: ["n"] })
        })
        expect(stdout + stderr).not.toBe("")
        expect(stdout + stderr).not.toMatch(harmful)
      }
    }
  })

  it("is whole in JSON, half a character too", async () => {
    const { stdout } = await cli(["game", "get", id, "-o", "json"], { fetch: server })
    expect(JSON.parse(Buffer.from(stdout, "utf8").toString("utf8"))).toEqual(game)
  })
})

describe("a server", () => {
  /** Counts what it could send, and ends when nobody reads on. */
  const endless = async (headers: Readonly<Record<string, string>>) => {
    let requests = 0
    const chunk = Buffer.alloc(1024 * 1024, " ")
    const it = createServer((request, response) => {
      requests++
      request.resume()
      response.writeHead(200, { "content-type": "application/json", ...headers })
      const more = () => {
        while (!response.destroyed && response.write(chunk)) {
          // Until the connection is full.
        }
      }
      response.on("drain", more)
      more()
    }).listen(0, "127.0.0.1")
    await new Promise((resolve) => it.once("listening", resolve))
    return { url: `http://127.0.0.1:${(it.address() as AddressInfo).port}`, requests: () => requests, it }
  }
  const asked = (url: string): Surroundings => ({
    env: { GALAXY_ADMIN_SERVER: url, GALAXY_ADMIN_USER: "root", GALAXY_ADMIN_PASSWORD: "correct horse" },
    fetch: (request) => fetch(request)
  })

  it("that never ends its answer is asked once, and no more than 64 MiB of it are read", async () => {
    const { url, requests, it } = await endless({})
    try {
      const { code, stdout, stderr } = await cli(["game", "get", id], asked(url))
      expect([code, stdout, requests()]).toEqual([7, "", 1])
      expect(stderr).toContain("longer than 64 MiB")
    } finally {
      it.closeAllConnections()
      it.close()
    }
  })

  it("that begins an answer and says nothing more is waited for until --timeout", async () => {
    const it = createServer((_, response) => void response.writeHead(200).write("{")).listen(0, "127.0.0.1")
    await new Promise((resolve) => it.once("listening", resolve))
    try {
      const url = `http://127.0.0.1:${(it.address() as AddressInfo).port}`
      const { code, stderr } = await cli(["game", "get", id, "--timeout", "200ms"], asked(url))
      expect([code, stderr]).toEqual([7, expect.stringContaining("--timeout")])
    } finally {
      it.closeAllConnections()
      it.close()
    }
  })

  it("whose names lead on for ever is asked for a bounded number of pages", async () => {
    let pages = 0
    const { code } = await cli(["game", "get", "name:Orion"], {
      fetch: () => json({ games: [game], next_cursor: `after ${++pages}` })
    })
    expect([code, pages]).toEqual([5, 500])
  })
})

describe.skipIf(process.platform !== "linux")("files of the data folder", () => {
  const folder = mkdtempSync(join(tmpdir(), "galaxy-hostile-"))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const running = { process_id: process.pid, process: identityOf(process.pid), backend_url: "http://127.0.0.1:1" }

  const prepared = (which: string) => {
    const here = join(folder, which)
    mkdirSync(here, { mode: 0o700 })
    const [keys, where] = [join(here, "keys.json"), join(here, "running.json")]
    writeFileSync(keys, JSON.stringify({ admin_user: "root", admin_password: "correct horse" }), { mode: 0o600 })
    writeFileSync(where, JSON.stringify(running), { mode: 0o600 })
    return { here, where }
  }
  const look = async (here: string) => {
    let calls = 0
    const around = { env: { GALAXY_DATA_DIR: here }, fetch: () => (calls++, json({ engine_versions: [] })) }
    return { ...(await cli(["engine", "list", "-o", "json"], around)), calls: () => calls }
  }

  it("that others may change are refused, and so is a link to one", async () => {
    const { here, where } = prepared("writable")
    expect((await look(here)).calls()).toBe(1)
    chmodSync(where, 0o620)
    const refused = await look(here)
    expect([refused.code, refused.calls()]).toEqual([1, 0])
    expect(refused.stderr).toContain("chmod 600")
    const open = join(here, "elsewhere.json")
    writeFileSync(open, JSON.stringify(running))
    chmodSync(open, 0o644)
    rmSync(where)
    symlinkSync(open, where)
    const linked = await look(here)
    expect([linked.code, linked.calls()]).toEqual([1, 0])
  })

  it("that are no files are refused at once", async () => {
    const { here, where } = prepared("folder")
    rmSync(where)
    mkdirSync(where, { mode: 0o700 })
    const refused = await look(here)
    expect([refused.code, refused.calls()]).toEqual([1, 0])
  })

  it.skipIf(process.getuid?.() !== 0)("of another user are the superuser's only where they are named", async () => {
    const { chownSync } = await import("node:fs")
    const { here, where } = prepared(".galaxy")
    for (const file of [where, join(here, "keys.json")]) chownSync(file, 65_534, 65_534)
    let calls = 0
    const found = await cli(["engine", "list"], { env: {}, cwd: folder, fetch: () => (calls++, json({})) })
    expect([found.code, calls]).toEqual([1, 0])
    expect(found.stderr).toContain("belongs to another user")
    expect((await look(here)).calls()).toBe(1)
  })
})
