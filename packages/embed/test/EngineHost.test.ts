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
  instanceId: `run of ${id}`,
  endpoint: "http://127.0.0.1:4000",
  token: "a-token"
})
const spec = { gameId, imageRef: "club/engine", version: "1.0.0", players: 2 }

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
    const { exit } = await run({ start: async () => engine(gameId) }, (host) =>
      Effect.gen(function* () {
        yield* host.start(spec)
        const seen = yield* host.inspect(gameId)
        const never = yield* host.inspect(other)
        return { seen: Option.map(seen, (it) => it.instanceId), never, list: yield* Effect.exit(host.list) }
      })
    )
    expect(exit).toMatchObject({ value: { seen: Option.some(`run of ${gameId}`), never: Option.none() } })
    expect(Exit.isSuccess(exit) && Exit.hasDies(exit.value.list)).toBe(true)
  })

  it("are ended where the program says so", async () => {
    const given = { start: async () => engine(gameId), inspect: async () => undefined }
    const { exit } = await run(given, (host) => Effect.andThen(host.start(spec), host.inspect(gameId)))
    expect(exit).toEqual(Exit.succeed(Option.none()))
  })

  it("are listed singly: one that is malformed costs no other", async () => {
    const malformed = { ...engine(other), endpoint: "file:///etc", token: undefined } as unknown as RunningEngine
    const given = { list: async () => [malformed, null as unknown as RunningEngine, engine(gameId)] }
    const { exit } = await run(given, (host) => Effect.map(host.list, (all) => all.map((it) => it.gameId)))
    expect(exit).toEqual(Exit.succeed([gameId]))
  })

  it("are called with their token", async () => {
    const { exit } = await run({ inspect: async () => engine(gameId) }, (host) =>
      Effect.map(
        host.inspect(gameId),
        Option.map((it) => Redacted.value(it.token))
      )
    )
    expect(exit).toEqual(Exit.succeed(Option.some("a-token")))
  })

  it.each([
    ["start", (host: EngineHost["Service"]) => Effect.asVoid(host.start(spec))],
    ["stop", (host: EngineHost["Service"]) => host.stop(gameId)],
    ["discard", (host: EngineHost["Service"]) => host.discard(gameId)],
    ["inspect", (host: EngineHost["Service"]) => Effect.asVoid(host.inspect(gameId))],
    ["list", (host: EngineHost["Service"]) => Effect.asVoid(host.list)]
  ])("don't tell their secrets where %s fails", async (what, use) => {
    const { exit, lines } = await run<void, unknown>({}, use)
    expect(`${JSON.stringify(exit)} ${String(exit)}`).not.toContain("a-secret")
    expect(lines).not.toContain("a-secret")
    expect(lines).toContain(`engines.${what} failed`)
  })

  it("tell operators why they are refused, in a bounded line", async () => {
    const start = async () => {
      throw new EngineRefused(`no image\n${"x".repeat(1_000)}`)
    }
    const { exit } = await run({ start }, (host) => Effect.flip(host.start(spec)))
    expect(exit).toMatchObject({ value: { permanent: true, reason: `no image ${"x".repeat(291)}` } })
  })
})
