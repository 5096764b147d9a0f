/** Backends that end by SIGKILL at every step of a start and of a turn, and what the next one makes of it. */
import { spawn } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { cloneUrl, serverUrl } from "@galaxy/testkit/TestDatabase"
import { Effect, Exit, Scope } from "effect"
import { afterAll, assert, describe, it } from "vitest"

const program = fileURLToPath(new URL("./killable.ts", import.meta.url))

interface Findings {
  readonly event: string
  readonly at?: string
  readonly runtime: ReadonlyArray<Readonly<Record<string, unknown>>>
  readonly pushed: ReadonlyArray<{ readonly user_id: string; readonly sequence: number }>
  readonly operations: ReadonlyArray<Readonly<Record<string, unknown>>>
  readonly engines: ReadonlyArray<{ readonly instance: string; readonly game: string }>
  readonly players: ReadonlyArray<ReadonlyArray<string>>
}

interface Place {
  readonly database: string
  readonly dataDir: string
}

const backend = (place: Place, turn: number, killAt = "") => {
  const child = spawn(process.execPath, ["--conditions=@galaxy/source", program], {
    env: {
      ...process.env,
      NODE_OPTIONS: "",
      KILL_DATABASE: place.database,
      KILL_DATA_DIR: place.dataDir,
      KILL_AT: killAt,
      KILL_TURN: String(turn)
    },
    stdio: ["pipe", "pipe", "inherit"]
  })
  const ended = new Promise<NodeJS.Signals | number | null>((done) =>
    child.on("close", (code, signal) => done(signal ?? code))
  )
  const said = new Promise<Findings | undefined>((done) => {
    createInterface({ input: child.stdout }).on("line", (line) => done(JSON.parse(line) as Findings))
    child.on("close", () => done(undefined))
  })
  return { said, ended, end: () => child.stdin.end(), kill: () => child.kill("SIGKILL") }
}

/** Runs a backend that ends at the point, and says so. */
const killedAt = async (place: Place, turn: number, point: string) => {
  const run = backend(place, turn, point)
  const said = await run.said
  assert.deepStrictEqual([said?.event, said?.at], ["killed", point])
  assert.strictEqual(await run.ended, "SIGKILL")
}

/** Processes that are an engine on a state folder below `dataDir`. */
const enginesOf = (dataDir: string) =>
  readdirSync("/proc")
    .filter((it) => /^\d+$/.test(it))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, "utf8").includes(`GALAXY_STATE_DIR=${dataDir}/`)
      } catch {
        return false
      }
    })

const until = async (wanted: () => boolean, what: string) => {
  const deadline = performance.now() + 90_000
  while (!wanted()) {
    if (performance.now() > deadline) assert.fail(`not ${what} in time`)
    await new Promise((done) => setTimeout(done, 20))
  }
}

/** What a backend finds when it is left alone: one game, one engine, and every turn once. */
const settled = async (place: Place, turn: number) => {
  const run = backend(place, turn)
  const found = await run.said
  assert.strictEqual(found?.event, "findings")
  assert.strictEqual(found?.runtime.length, 1)
  const [runtime] = found?.runtime ?? []
  assert.deepInclude(runtime, {
    status: "running",
    game_status: "running",
    current_turn: turn,
    game_turn: turn,
    generating_turn: null,
    attempts: 0
  })
  assert.strictEqual(found?.engines.length, 1)
  assert.strictEqual(runtime?.["instance"], found?.engines[0]?.instance)
  assert.deepStrictEqual(found?.players, [["Vega", "Lyra"]])
  assert.strictEqual(enginesOf(place.dataDir).length, 1)
  // Each turn was told to each of the two players once.
  const users = [...new Set(found?.pushed.map((it) => it.user_id))]
  assert.strictEqual(users.length, turn === 0 ? 0 : 2)
  assert.strictEqual(found?.pushed.length, 2 * turn)
  const turns = found?.operations.filter((it) => it["op"] === "turn").map((it) => [it["status"], it["turn"]])
  assert.deepStrictEqual(
    turns,
    Array.from({ length: turn }, (_, index) => ["succeeded", index + 1])
  )
  assert.strictEqual(found?.operations.filter((it) => it["op"] === "start").length, 1)
  return run
}

const startPoints = [
  "before the engine starts",
  "the engine has started",
  "the engine is healthy",
  "the galaxy is made",
  "before running is committed"
]

const turnPoints = [
  "before the cutoff is committed",
  "the window is closed",
  "the turn is being made",
  "the turn is made",
  "before the turn is committed"
]

const suite = (name: string, newPlace: () => Promise<Place>) =>
  describe(`a backend on ${name} that is killed`, { timeout: 480_000 }, () => {
    it("at each step of a start leaves a game that starts, once", async () => {
      const place = await newPlace()
      for (const point of startPoints) {
        await killedAt(place, 0, point)
        await until(() => enginesOf(place.dataDir).length === 0, "rid of the engine of a dead backend")
      }
      const run = await settled(place, 0)
      run.end()
      assert.strictEqual(await run.ended, 0)
      assert.strictEqual(enginesOf(place.dataDir).length, 0)
    })

    it("at each step of a turn leaves a game whose turns are made and told of, once", async () => {
      const place = await newPlace()
      for (const [index, point] of turnPoints.entries()) {
        await killedAt(place, index + 1, point)
        // The next backend starts at once, while the engine of the dead one may still hold its folder.
        const run = await settled(place, index + 1)
        run.kill()
        assert.strictEqual(await run.ended, "SIGKILL")
      }
      await until(() => enginesOf(place.dataDir).length === 0, "rid of the engine of a dead backend")
    })
  })

describe("kills", () => {
  const scope = Scope.makeUnsafe()
  const folders: Array<string> = []
  const folder = () => {
    const made = mkdtempSync(join(tmpdir(), "galaxy-kill-"))
    folders.push(made)
    return made
  }
  afterAll(async () => {
    await Effect.runPromise(Scope.close(scope, Exit.void))
    for (const made of folders) rmSync(made, { recursive: true, force: true, maxRetries: 5 })
  })

  suite("PGlite on disk", () => Promise.resolve({ database: join(folder(), "db"), dataDir: folder() }))

  const url = serverUrl()
  if (url === undefined) console.warn("skipped: kill tests on PostgreSQL (GALAXY_TEST_DATABASE_URL names no server)")
  else {
    suite("PostgreSQL", async () => {
      const clone = await Effect.runPromise(Scope.provide(cloneUrl(url), scope))
      return { database: clone.url, dataDir: folder() }
    })
  }
})
