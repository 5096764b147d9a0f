/** The suite itself: it passes the engine, and each of its checks finds a fault that it is there for. */
import { randomUUID } from "node:crypto"
import { createServer, type IncomingMessage } from "node:http"
import { assert, layer } from "@effect/vitest"
import { GameId } from "@galaxy/contract/ids/Ids"
import { EngineHost, localHost } from "@galaxy/core/engine/EngineHost"
import { NotTried, type RunningEngine, type EngineUnderTest } from "@galaxy/testkit/engine/conformance/Check"
import { anywhere as checks } from "@galaxy/testkit/engine/conformance/checks"
import { ending } from "@galaxy/testkit/engine/conformance/ending"
import { outcomeOf } from "@galaxy/testkit/engine/conformance/outcome"
import { survival } from "@galaxy/testkit/engine/conformance/survival"
import { engineProgram } from "@galaxy/testkit/engine/program"
import * as InProcessEngineHost from "@galaxy/testkit/engine/InProcessEngineHost"
import { Cause, Effect, Exit, Redacted } from "effect"
import { bundled } from "../../../../scripts/lib/bundled.ts"
import {
  type Call,
  faults,
  honest,
  type Losses,
  losses,
  misbehaviours,
  neverFinished,
  type Proxy,
  type Reply
} from "./faults.ts"

interface Proxied extends RunningEngine {
  readonly gameId: GameId
}

const bodyOf = async (incoming: IncomingMessage): Promise<string> => {
  const parts: Array<Buffer> = []
  for await (const part of incoming) parts.push(part as Buffer)
  return Buffer.concat(parts).toString("utf8")
}

/** Asks the engine. */
const ask = async (endpoint: URL, { method, path, query, body, type, authorization }: Call): Promise<Reply> => {
  const target = new URL(path, endpoint)
  target.search = query.toString()
  const proof = authorization === "" ? {} : { authorization }
  const sent =
    method === "GET" || method === "DELETE" ? { headers: proof } : { body, headers: { "content-type": type, ...proof } }
  const response = await fetch(target, { method, ...sent })
  return { status: response.status, type: response.headers.get("content-type") ?? "", text: await response.text() }
}

/** Every start is in a higher epoch than all before. */
let epochs = 0

/** The engine of a game, started anew, behind a proxy. */
const behind = (host: EngineHost["Service"], gameId: GameId, proxy: Proxy) =>
  Effect.gen(function* () {
    const epoch = ++epochs
    const token = `token-of-${gameId}-in-epoch-${epoch}`
    const { endpoint } = yield* host.start({
      gameId,
      hostId: localHost,
      epoch,
      token: Redacted.make(token),
      imageRef: "builtin:0.1.0",
      version: "0.1.0",
      players: 2,
      fresh: false
    })
    const answer = proxy()
    const server = createServer((incoming, outgoing) => {
      void (async () => {
        const { pathname: path, searchParams: query } = new URL(incoming.url ?? "/", endpoint)
        const { authorization = "", "content-type": type = "" } = incoming.headers
        const call = { method: incoming.method ?? "", path, query, type, authorization, body: await bodyOf(incoming) }
        const reply = await answer(call, (changed) => ask(endpoint, { ...call, ...changed }))
        outgoing
          .writeHead(reply.status, { "content-type": reply.type })
          .end(reply.status === 204 ? undefined : reply.text)
      })().catch(() => outgoing.destroy())
    })
    yield* Effect.acquireRelease(
      Effect.callback<void>((resume) => {
        server.listen(0, "127.0.0.1", () => resume(Effect.void))
      }),
      () =>
        Effect.andThen(
          Effect.sync(() => {
            server.close()
            server.closeAllConnections()
          }),
          Effect.ignore(host.stop(gameId, localHost, epoch))
        )
    )
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    return { baseUrl: `http://127.0.0.1:${port}`, gameId, token }
  })

const ordersOfEngine: Pick<EngineUnderTest<RunningEngine>, "validOrder" | "refusedOrder"> = {
  validOrder: (report, number) => {
    const [planet] = report["my_planets"] as ReadonlyArray<{ readonly number: number }>
    return { op: "rename_planet", planet: planet?.number, name: `Name_${number}` }
  },
  refusedOrder: { op: "vote", race: "nobody at all" }
}

const subjectOf = (host: EngineHost["Service"], proxy: Proxy): EngineUnderTest<Proxied> => ({
  ...ordersOfEngine,
  start: Effect.suspend(() => behind(host, GameId.make(randomUUID()), proxy)),
  version: "0.1.0"
})

/** Stops the engine, lets something happen to its state, and starts it again. */
const restartOf = (host: EngineHost["Service"], proxy: Proxy, lose: Losses) =>
  Effect.fnUntraced(function* ({ gameId }: Proxied) {
    yield* host.stop(gameId, localHost, epochs)
    if (lose === "everything") yield* host.discard(gameId, localHost, epochs)
    const again = yield* behind(host, gameId, proxy)
    if (lose === "orders") {
      const body = JSON.stringify({ actor: "Лиряне", orders: [] })
      yield* Effect.promise(() =>
        fetch(`${again.baseUrl}/api/v1/order`, {
          method: "PUT",
          body,
          headers: { "content-type": "application/json", authorization: `Bearer ${again.token}` }
        })
      )
    }
    return again
  })

const asProgram = engineProgram(process.execPath, [bundled("engine/main")])

/** How the check of that name goes. */
const tried = Effect.fnUntraced(function* (name: string, proxy: Proxy, lose: Losses = "nothing") {
  const host = yield* EngineHost
  const subject = subjectOf(host, proxy)
  const check = checks.find((it) => it.name === name)
  if (check !== undefined) return yield* Effect.exit(Effect.scoped(check.run(subject)))
  const killed = survival.find((it) => it.name === name)
  if (killed === undefined) return assert.fail(`there is no check "${name}"`)
  return yield* Effect.exit(Effect.scoped(killed.run(subject, restartOf(host, proxy, lose))))
})

/** How the check of that name of the engine as a program goes. */
const triedAsProgram = (name: string, misbehave: (typeof misbehaviours)[string]["misbehave"] = (it) => it) => {
  const check = ending.find((it) => it.name === name)
  if (check === undefined) return assert.fail(`there is no check "${name}"`)
  return outcomeOf(check.run({ ...ordersOfEngine, ...asProgram }, misbehave(asProgram.program)))
}

/** A check that was not tried has found nothing. */
const hasFound = (exit: Exit.Exit<unknown, unknown>): boolean =>
  Exit.isFailure(exit) && !(Cause.squash(exit.cause) instanceof NotTried)

layer(InProcessEngineHost.layer(), { timeout: "240 seconds", excludeTestServices: true })(
  "the conformance suite",
  (it) => {
    for (const { name } of [...checks, ...survival]) {
      it.effect(`passes an engine that does it: ${name}`, () =>
        Effect.gen(function* () {
          const exit = yield* tried(name, honest)
          if (Exit.isFailure(exit)) return yield* exit
        })
      )
    }

    for (const [fault, { proxy, found }] of Object.entries(faults)) {
      it.effect(`finds ${fault}`, () =>
        Effect.gen(function* () {
          for (const name of found) assert.isTrue(hasFound(yield* tried(name, proxy)), name)
        })
      )
    }

    for (const [loss, { lose, found }] of Object.entries(losses)) {
      it.effect(`finds ${loss}`, () =>
        Effect.gen(function* () {
          for (const name of found) assert.isTrue(hasFound(yield* tried(name, honest, lose)), name)
        })
      )
    }

    for (const { name } of ending) {
      it.effect(`passes an engine that does it: ${name}`, () =>
        Effect.map(triedAsProgram(name), (outcome) => assert.deepStrictEqual(outcome, { _tag: "Passed" }))
      )
    }

    for (const [fault, { misbehave, found }] of Object.entries(misbehaviours)) {
      it.effect(`finds ${fault}`, () =>
        Effect.gen(function* () {
          for (const name of found) assert.strictEqual((yield* triedAsProgram(name, misbehave))._tag, "Failed", name)
        })
      )
    }

    it.effect("says that a finished game was not tried where the game goes on", () =>
      Effect.gen(function* () {
        const name = "a finished game stays as it is: turns and orders are a conflict"
        const exit = yield* tried(name, neverFinished)
        assert.isTrue(Exit.isFailure(exit) && Cause.squash(exit.cause) instanceof NotTried)
      })
    )

    it("has no check that finds nothing", () => {
      const all = [...Object.values(faults), ...Object.values(losses), ...Object.values(misbehaviours)]
      const found = new Set(all.flatMap((it) => it.found))
      const idle = [...checks, ...survival, ...ending].map((it) => it.name).filter((name) => !found.has(name))
      assert.deepStrictEqual(idle, [])
    })
  }
)
