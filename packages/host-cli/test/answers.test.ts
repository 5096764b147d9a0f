/** Answers that get lost, and what a run does about them: nothing twice, nothing forgotten, nothing claimed. */
import { describe, expect, it } from "vitest"
import { cli, json, signedIn } from "./cli.ts"
import { sampleServer } from "./samples.ts"

const orion = "0190a0b0-0000-7000-8000-000000000001"
const other = "0190a0b0-0000-7000-8000-000000000002"

const html = (status: number) => new Response("<h1>nginx</h1>", { status, headers: { "content-type": "text/html" } })
const audited = json({ audit: [] })
const isAudit = ({ url }: Request) => new URL(url).pathname === "/api/v1/admin/audit"
const unauthorized = () => json({ error: { code: "unauthorized", message: "wrong" } }, 401)
const failing = (code: string, syscall: string) => () => {
  throw new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code, syscall }) })
}

/** Runs a command on a server that notes its requests. */
const asked = async (
  args: ReadonlyArray<string>,
  answer: (request: Request) => Response,
  around: Parameters<typeof cli>[1] = {}
) => {
  const requests: Array<string> = []
  const ran = await cli(args, {
    ...around,
    fetch: (request) => {
      requests.push(`${request.method} ${new URL(request.url).pathname}`)
      return answer(request)
    }
  })
  return { ...ran, requests, posts: requests.filter((it) => it.startsWith("POST")) }
}

describe("an answer that a proxy lost", () => {
  it("leaves a mutation unknown, which is sent once and looked up", async () => {
    for (const lost of [() => html(502), () => html(504), () => html(200), () => new Response(null, { status: 502 })]) {
      const ran = await asked(["game", "pause", orion, "--yes"], (it) =>
        isAudit(it) ? json({ audit: [{ audit_id: other, request_id: "r", dry_run: false }] }) : lost()
      )
      expect([ran.code, ran.posts.length]).toEqual([7, 1])
      expect(ran.requests).toContain("GET /api/v1/admin/audit")
    }
  })

  it("lets reads be repeated, also while a proxy has nobody to ask", async () => {
    for (const status of [502, 503, 504]) {
      let tries = 0
      const ran = await asked(["game", "get", orion], (it) => (++tries < 3 ? html(status) : sampleServer(it)))
      expect([status, ran.code, tries]).toEqual([status, 0, 3])
    }
  })

  it("is no lost answer where the error is Galaxy's own, or a page of another program", async () => {
    const own = await asked(["game", "pause", orion, "--yes"], () =>
      json({ error: { code: "service_unavailable", message: "no" } }, 502)
    )
    expect([own.code, own.requests.length]).toEqual([1, 1])
    const page = await asked(["game", "get", orion], () => html(200))
    expect([page.code, page.requests.length]).toEqual([1, 1])
    expect(page.stderr).toContain("Is it the backend's address?")
  })

  it("of a dry run isn't looked up: its row in the audit log would look like the deed", async () => {
    const ran = await asked(["game", "pause", orion, "--dry-run"], (it) => (isAudit(it) ? audited : html(504)))
    expect([ran.code, ran.requests]).toEqual([7, [`POST /api/v1/admin/dry-run/games/${orion}/pause`]])
  })
})

describe("a mutation whose connection failed", () => {
  it("is sent again only if the connection never came about", async () => {
    const connecting = await asked(["game", "pause", orion, "--yes"], failing("EHOSTUNREACH", "connect"))
    expect([connecting.code, connecting.posts.length]).toEqual([7, 4])
    const reading = await asked(["game", "pause", orion, "--yes"], (it) =>
      isAudit(it) ? json({ audit: [] }, 404) : failing("EHOSTUNREACH", "read")()
    )
    expect([reading.code, reading.posts.length]).toEqual([7, 1])
  })
})

describe("a password that was made", () => {
  it("is shown though the answer got lost, since the server may have it", async () => {
    let sent = ""
    const ran = await cli(["admin", "create", "eve", "--generate", "-o", "json"], {
      fetch: async (request) => {
        if (request.method === "GET") return json({ audit: [] }, 404)
        sent = ((await request.json()) as { readonly password: string }).password
        return html(504)
      }
    })
    expect(ran.code).toBe(7)
    expect(JSON.parse(ran.stdout)).toEqual({ password: sent, done: "unknown" })
    expect(ran.stderr).not.toContain(sent)
  })

  it("is never one for several targets, where nobody would see it", async () => {
    const ran = await asked(["admin", "create", "-", "--generate"], sampleServer, { input: "eve\nada\n" })
    expect([ran.code, ran.requests]).toEqual([64, []])
  })
})

describe("many targets", () => {
  const pause = ["game", "pause", "-", "--yes", "--keep-going"]
  const input = `${orion}\n${other}\n`

  it("fail at once with what is wrong for all of them", async () => {
    const wrong = await asked(pause, unauthorized, { input })
    expect([wrong.code, wrong.stdout, wrong.requests.length]).toEqual([4, "", 1])
    const nowhere = await asked(pause, sampleServer, { input, env: {} })
    expect([nowhere.code, nowhere.stdout, nowhere.requests]).toEqual([4, "", []])
    const usage = await asked(
      ["user", "plan", "-", "gift", "--no-paid", "--source", "gift", "--until", "2026-02-31", "--reason", "x"],
      sampleServer,
      {
        input
      }
    )
    expect([usage.code, usage.stdout, usage.posts]).toEqual([64, "", []])
    expect(usage.stderr).toContain("--until must be a day")
  })

  it("go on after one that is wrong by itself", async () => {
    const ran = await asked(pause, sampleServer, { input: `nonsense\n${orion}\n` })
    expect([ran.code, ran.posts.length]).toEqual([3, 1])
    expect(ran.stdout).toContain(`${orion}\tdone`)
  })
})

describe("a context", () => {
  it("isn't overwritten by another server's on the same host unless it is named", async () => {
    const { mkdtempSync, readFileSync, rmSync } = await import("node:fs")
    const { tmpdir } = await import("node:os")
    const { join } = await import("node:path")
    const folder = mkdtempSync(join(tmpdir(), "galaxy-contexts-"))
    try {
      const env = { XDG_CONFIG_HOME: folder, GALAXY_ADMIN_PASSWORD: signedIn.GALAXY_ADMIN_PASSWORD }
      const login = (port: number, ...more: ReadonlyArray<string>) =>
        cli(["login", "--server", `http://127.0.0.1:${port}`, "--user", "root", ...more], {
          env,
          cwd: folder,
          fetch: sampleServer
        })
      expect((await login(1, "--password-file", "secret")).code).toBe(0)
      const stored = () => JSON.parse(readFileSync(join(folder, "galaxy", "admin.json"), "utf8")).contexts
      expect(stored()["127.0.0.1"].password.path).toBe(join(folder, "secret"))
      const refused = await login(2)
      expect([refused.code, stored()["127.0.0.1"].server]).toEqual([64, "http://127.0.0.1:1"])
      expect((await login(1)).code).toBe(0)
      expect((await login(2, "--name", "127.0.0.1")).code).toBe(0)
      expect(stored()["127.0.0.1"].server).toBe("http://127.0.0.1:2")
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe("waiting", () => {
  /** A runtime that is as the last answer says, and whose log gets an attempt with the request. */
  const engine = (now: object, attempt: object) => {
    let asked = false
    return (request: Request) => {
      const { pathname } = new URL(request.url)
      if (request.method === "POST") {
        asked = true
        return json({ current_turn: 3, status: "generation_failed", engine_version: "1.4.2", engine_task: "patch" })
      }
      const before = { operation_id: "a", op: "turn", status: "failed" }
      return pathname.endsWith("/operations")
        ? json({ operations: asked ? [{ operation_id: "b", ...attempt }, before] : [before] })
        : json({ game_id: orion, ...now })
    }
  }
  const turn = ["runtime", "next-turn", orion, "--expect", "3", "--wait", "--yes"]
  const patch = ["runtime", "patch", orion, "1.4.3", "--wait", "--yes", "--reason", "x"]
  const restart = ["runtime", "restart", orion, "--wait", "--yes", "--reason", "x"]

  it("tells a turn that failed before from one that fails again", async () => {
    const failed = { current_turn: 3, status: "generation_failed", generating_turn: 4 }
    const again = await asked(turn, engine(failed, { op: "turn", status: "failed" }))
    expect(again.code).toBe(1)
    let looks = 0
    const made = await asked(turn, (request) => {
      const done = new URL(request.url).pathname.endsWith(`/runtimes/${orion}`) && ++looks > 1
      const now = done ? { current_turn: 4, status: "running" } : failed
      // The server hasn't begun yet: its newest attempt is the old one.
      return engine(now, { operation_id: "a", op: "turn", status: "failed" })(request)
    })
    expect([made.code, looks]).toEqual([0, 2])
  })

  it("fails where a version was taken back, or a restart given up", async () => {
    const log = { op: "restart", status: "succeeded" }
    expect((await asked(patch, engine({ engine_version: "1.4.2" }, log))).code).toBe(1)
    expect((await asked(patch, engine({ engine_version: "1.4.3" }, { ...log, op: "patch" }))).code).toBe(0)
    expect((await asked(restart, engine({ engine_version: "1.4.2" }, log))).code).toBe(0)
    const givenUp = await asked(restart, engine({ engine_version: "1.4.2" }, { ...log, status: "failed" }))
    expect(givenUp.code).toBe(1)
  })
})
