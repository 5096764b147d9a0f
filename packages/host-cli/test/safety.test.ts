/** Requests that get lost, many targets at once, and lists that end early: nothing is done twice, and nothing is hidden. */
import { describe, expect, it } from "vitest"
import { cli as inRealTime, json, type Surroundings } from "./cli.ts"
import { present } from "./samples.ts"

const id = (n: number) => `0190a0b0-0000-7000-8000-${String(n).padStart(12, "0")}`
const game = (n: number) => ({ game_id: id(n), game_name: `Game ${n}`, status: "paused", runtime_status: "running" })

/** Pauses between tries take no time here. */
const cli = (args: ReadonlyArray<string>, around: Surroundings) =>
  inRealTime(args, { now: present, passing: true, ...around })

const cut = (code: string) =>
  Object.assign(new TypeError("fetch failed"), { cause: Object.assign(new Error(code), { code }) })

/** A server of prepared answers, one after another, and the requests that it saw. */
const scripted = (...answers: ReadonlyArray<() => Response>) => {
  const seen: Array<{ readonly method: string; readonly path: string; readonly id: string | null }> = []
  const left = [...answers]
  const fetch = (request: Request) => {
    const { pathname, search } = new URL(request.url)
    seen.push({ method: request.method, path: pathname + search, id: request.headers.get("x-request-id") })
    const next = left.length > 1 ? left.shift() : left[0]
    if (next === undefined) throw new Error("no answer is prepared")
    return next()
  }
  return { fetch, seen }
}

const fails = (code: string) => () => {
  throw cut(code)
}
const unavailable = () => json({ error: { code: "service_unavailable", message: "later" } }, 503)

describe("a read", () => {
  it("is tried three more times after a cut connection and while the server is unavailable, under one id", async () => {
    const { fetch, seen } = scripted(fails("ECONNRESET"), unavailable, fails("ECONNREFUSED"), () => json(game(1)))
    const { code } = await cli(["game", "get", id(1)], { fetch })
    expect([code, seen.length, new Set(seen.map((it) => it.id)).size]).toEqual([0, 4, 1])
  })

  it("that is told to come back later than a minute isn't tried again", async () => {
    const { fetch, seen } = scripted(() => {
      const { status, headers } = unavailable()
      return new Response('{"error":{"code":"service_unavailable","message":"later"}}', {
        status,
        headers: { ...Object.fromEntries(headers), "retry-after": "61" }
      })
    })
    const { code, stderr } = await cli(["game", "get", id(1)], { fetch })
    expect([code, seen.length]).toEqual([1, 1])
    expect(stderr).toContain("Try again in 61 s.")
  })
})

describe("a mutation", () => {
  const pause = ["game", "pause", id(1), "--yes"]

  it("is tried again only while the connection is refused", async () => {
    const { fetch, seen } = scripted(fails("ECONNREFUSED"), fails("ECONNREFUSED"), () => json(game(1)))
    const { code } = await cli(pause, { fetch })
    expect([code, seen.length]).toEqual([0, 3])
  })

  it("is never sent again where the server is unavailable", async () => {
    const { fetch, seen } = scripted(unavailable)
    expect([(await cli(pause, { fetch })).code, seen.length]).toEqual([1, 1])
  })

  /** The mutation's answer gets lost; the audit log has these rows. */
  const lost = async (rows: (requestId: string) => unknown, args = pause) => {
    const seen: Array<Request> = []
    const ran = await cli(args, {
      fetch: (request) => {
        seen.push(request)
        if (request.method !== "GET") throw cut("ECONNRESET")
        return json({ audit: rows(new URL(request.url).searchParams.get("request_id") ?? "") })
      }
    })
    return { ...ran, sent: seen.filter(({ method }) => method === "POST").length, asked: seen.length - 1 }
  }

  it("whose answer got lost is looked up in the audit log: done", async () => {
    const it = await lost((request_id) => [{ audit_id: id(7), request_id }])
    expect([it.code, it.sent, it.stdout]).toEqual([7, 1, ""])
    expect(it.stderr).toContain(`It was done, by the audit log. See: galaxy-admin audit get ${id(7)}`)
  })

  it("whose answer got lost is looked up in the audit log: not done so far", async () => {
    const it = await lost(() => [])
    expect([it.code, it.sent, it.asked]).toEqual([7, 1, 3])
    expect(it.stderr).toContain("It has not been done so far")
  })

  it("isn't taken for done by rows of others", async () => {
    const it = await lost(() => [{ audit_id: id(7), request_id: "another" }])
    expect([it.code, it.sent]).toEqual([7, 1])
    expect(it.stderr).toContain("Whether it was done isn't known.")
  })

  it("that was only a dry run isn't called done", async () => {
    const it = await lost((request_id) => [{ audit_id: id(7), request_id }], [...pause, "--dry-run"])
    expect([it.code, it.asked]).toEqual([7, 0])
    expect(it.stderr).not.toContain("It was done")
  })
})

describe("many targets", () => {
  const three = `${id(1)}\n${id(2)}\tOrion\r\n\n${id(3)}\n${id(1)}\n`
  const refusing = (bad: number) => {
    const done: Array<string> = []
    let now = 0
    let most = 0
    const fetch = async (request: Request) => {
      most = Math.max(most, ++now)
      const target = request.url.split("/").at(-2) ?? ""
      done.push(target)
      for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
      now--
      return target === id(bad)
        ? json({ error: { code: "conflict", reason: "wrong_state", message: "no" } }, 409)
        : json({})
    }
    return { fetch, done, most: () => most }
  }

  it("come from standard input, each once, at most --jobs at a time", async () => {
    const server = refusing(0)
    const ran = await cli(["game", "pause", "-", "--yes", "--jobs", "2"], {
      input: `${three}${id(4)}\n${id(5)}\n`,
      fetch: server.fetch
    })
    expect([ran.code, server.done.toSorted(), server.most()]).toEqual([0, [1, 2, 3, 4, 5].map(id), 2])
  })

  it("stop at the first failure, or go on with --keep-going; both end with 3", async () => {
    const stopping = refusing(1)
    const ran = await cli(["game", "pause", "-", "--yes", "--jobs", "1"], { input: three, fetch: stopping.fetch })
    expect([ran.code, stopping.done]).toEqual([3, [id(1)]])
    expect(ran.stderr).toContain("Of 3 targets 1 failed and 2 were not tried")
    const going = refusing(1)
    const all = await cli(["game", "pause", "-", "--yes", "--keep-going", "-o", "json"], {
      input: three,
      fetch: going.fetch
    })
    const items = (JSON.parse(all.stdout) as { items: ReadonlyArray<{ ok: boolean }> }).items
    expect([all.code, going.done.length, items.filter(({ ok }) => ok).length]).toEqual([3, 3, 2])
  })

  it("need consent for their number, else nothing is sent", async () => {
    const server = refusing(0)
    const around = { input: three, fetch: server.fetch }
    const cancel = ["game", "cancel", "-", "--reason", "too few"]
    for (const args of [["game", "pause", "-"], cancel, [...cancel, "--yes"], [...cancel, "--confirm", "2"]]) {
      expect((await cli(args, around)).code).toBe(64)
    }
    expect(server.done).toEqual([])
    expect((await cli([...cancel, "--confirm", "3"], around)).code).toBe(0)
    expect(server.done.length).toBe(3)
  })
})

describe("a list", () => {
  it("is read one page ahead, and no further", async () => {
    const seen: Array<string> = []
    const fetch = (request: Request) => {
      const at = Number(new URL(request.url).searchParams.get("cursor") ?? 0)
      seen.push(String(at))
      return json({ games: [game(at)], ...(at < 4 ? { next_cursor: String(at + 1) } : {}) })
    }
    const { code, stdout } = await cli(["game", "list", "-o", "stream-json"], { fetch })
    const lines = stdout
      .trim()
      .split("\n")
      .map((it) => (JSON.parse(it) as { type: string }).type)
    expect([code, seen, lines]).toEqual([0, ["0", "1", "2", "3", "4"], [...Array<string>(5).fill("item"), "result"]])
  })

  it("that is cut ends with an error as its last line, never with a result", async () => {
    const fetch = (request: Request) =>
      request.url.includes("cursor=")
        ? json({ error: { code: "internal_error", message: "a fault" } }, 500)
        : json({ games: [game(1)], next_cursor: "more" })
    const { code, stdout } = await cli(["game", "list", "-o", "stream-json"], { fetch })
    const lines = stdout
      .trim()
      .split("\n")
      .map((it) => (JSON.parse(it) as { type: string }).type)
    expect([code, lines]).toEqual([1, ["item", "error"]])
  })
})

describe("--wait", () => {
  const states = (...given: ReadonlyArray<string>) => {
    const left = [...given]
    return (request: Request) =>
      json({
        ...game(1),
        status: request.method === "POST" ? "starting" : ((left.length > 1 ? left.shift() : left[0]) ?? "")
      })
  }

  it("ends once it is done, and with 1 where it failed", async () => {
    const start = ["game", "start", id(1), "--wait", "--yes", "-o", "json"]
    const done = await cli(start, { fetch: states("starting", "starting", "running") })
    expect([done.code, (JSON.parse(done.stdout) as { status: string }).status]).toEqual([0, "running"])
    expect((await cli(start, { fetch: states("starting", "start_failed") })).code).toBe(1)
  })
})
