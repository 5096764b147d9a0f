import { GameId } from "@galaxy/contract/ids/Ids"
import { EngineHost } from "@galaxy/core/engine/EngineHost"
import { EngineRefused, type Engines, type RunningEngine } from "@galaxy/embed/engines"
import { Effect, Exit, Logger, Option, Redacted } from "effect"
import { describe, expect, it } from "vitest"
import { layer } from "@galaxy/embed/EngineHost"

const gameId = GameId.make("0195c0de-0000-7000-8000-000000000001")
const other = GameId.make("0195c0de-0000-7000-8000-000000000002")
const engine = (id: string): RunningEngine => ({
  gameId: id,
  epoch: 1,
  instanceId: `run of ${id}`,
  endpoint: "http://127.0.0.1:4000"
})
const run1 = { gameId, hostId: "local", epoch: 1 }
const token = Redacted.make("a-token")
const spec = { ...run1, token, imageRef: "club/engine", version: "1.0.0", players: 2, fresh: false }
const none = { inspect: async () => undefined }

/** Engines of a program, all of whose functions fail with a secret unless given. */
const run = async <A, E>(given: Partial<Engines>, use: (host: EngineHost["Service"]) => Effect.Effect<A, E>) => {
  const lines: Array<unknown> = []
  const broken = async (): Promise<never> => {
    throw new Error("401 for Bearer a-secret")
  }
  const engines = {
    versions: {},
    start: broken,
    inspect: broken,
    stop: broken,
    discard: broken,
    list: broken,
    ...given
  }
  const logger = Logger.make((line) => void lines.push(Logger.formatJson.log(line)))
  const exit = await Effect.runPromiseExit(
    Effect.flatMap(EngineHost, use).pipe(Effect.provide([layer(engines), Logger.layer([logger])]))
  )
  return { exit, lines: lines.join("\n") }
}

describe("engines of the program", () => {
  it("aren't taken for ended where a look at them fails", async () => {
    const { exit } = await run({}, (host) =>
      Effect.gen(function* () {
        const seen = yield* Effect.flip(host.inspect(run1))
        const held = yield* Effect.scoped(host.hold(run1))
        return { seen: seen._tag, held, list: yield* Effect.exit(host.list) }
      })
    )
    expect(exit).toMatchObject({ value: { seen: "EngineHostUnavailable", held: true } })
    expect(Exit.isSuccess(exit) && Exit.hasDies(exit.value.list)).toBe(true)
  })

  it("are ended where the program says so", async () => {
    const given = { ...none, start: async () => engine(gameId) }
    const { exit } = await run(given, (host) =>
      Effect.gen(function* () {
        yield* host.start(spec)
        return { seen: yield* host.inspect(run1), held: yield* Effect.scoped(host.hold(run1)) }
      })
    )
    expect(exit).toEqual(Exit.succeed({ seen: Option.none(), held: false }))
  })

  it("are left alone where the program starts another one than it was asked for", async () => {
    const given = { ...none, start: async () => ({ ...engine(gameId), epoch: 7 }) }
    const { exit } = await run(given, (host) => Effect.flip(host.start(spec)))
    expect(exit).toMatchObject({ value: { permanent: false } })
  })

  it("are listed singly: one that is malformed costs no other", async () => {
    const malformed = { ...engine(other), endpoint: "file:///etc", epoch: undefined } as unknown as RunningEngine
    const given = { list: async () => [malformed, null as unknown as RunningEngine, engine(gameId)] }
    const { exit } = await run(given, (host) => Effect.map(host.list, (all) => all.map((it) => it.gameId)))
    expect(exit).toEqual(Exit.succeed([gameId]))
  })

  it("are started with the token by which they are called", async () => {
    const started: Array<unknown> = []
    const given = {
      ...none,
      start: async (it: unknown) => {
        started.push(it)
        return engine(gameId)
      }
    }
    await run(given, (host) => host.start(spec))
    expect(started).toEqual([
      { gameId, imageRef: "club/engine", version: "1.0.0", players: 2, epoch: 1, token: "a-token" }
    ])
  })

  it.each([
    ["start", (host: EngineHost["Service"]) => Effect.asVoid(host.start(spec))],
    ["stop", (host: EngineHost["Service"]) => host.stop(gameId, "local", 1)],
    ["discard", (host: EngineHost["Service"]) => host.discard(gameId, "local", 1)],
    ["inspect", (host: EngineHost["Service"]) => Effect.asVoid(host.inspect(run1))],
    ["list", (host: EngineHost["Service"]) => Effect.asVoid(host.list)]
  ])("don't tell their secrets where %s fails", async (what, use) => {
    const { exit, lines } = await run<void, unknown>(what === "inspect" ? {} : none, use)
    expect(`${JSON.stringify(exit)} ${String(exit)}`).not.toContain("a-secret")
    expect(lines).not.toContain("a-secret")
    expect(lines).toContain(`engines.${what} failed`)
  })

  it("tell operators why they are refused, in a bounded line", async () => {
    const start = async () => {
      throw new EngineRefused(`no image\n${"x".repeat(1_000)}`)
    }
    const { exit } = await run({ ...none, start }, (host) => Effect.flip(host.start(spec)))
    expect(exit).toMatchObject({ value: { permanent: true, reason: `no image ${"x".repeat(291)}` } })
  })
})
