/** The real engine as an engine of the model: behind its real REST surface, in folders on the disk. */
import { mkdirSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { engineIn } from "@galaxy/testkit/engine/InProcessEngineHost"
import { Context, Effect, Exit, Layer, Redacted, Scope } from "effect"
import { HttpServer } from "effect/http"
import {
  type Engines,
  galaxyPath,
  type MadeTurn,
  type ModelCall,
  type NamedOrder,
  nameOf,
  turnPath
} from "./engines.ts"

interface SealedGalaxy {
  readonly turn: number
  readonly races: ReadonlyArray<{ readonly name: string }>
}

interface SealedTurn {
  readonly log: ReadonlyArray<{
    readonly kind: string
    readonly race: number
    readonly outcome?: { readonly order: NamedOrder }
  }>
}

/** What a sealed file says: the line after its seal. */
const unsealed = (text: string | undefined): unknown => JSON.parse(text?.split("\n")[1] ?? "null")

const turns = (files: ReadonlyMap<string, string>): ReadonlyArray<MadeTurn> | undefined => {
  const made: Array<MadeTurn> = []
  for (let turn = 0; files.has(galaxyPath(turn)); turn++) {
    const galaxy = unsealed(files.get(galaxyPath(turn))) as SealedGalaxy
    const { log } = unsealed(files.get(turnPath(turn))) as SealedTurn
    if (galaxy.turn !== turn) return undefined
    const by = galaxy.races.map(({ name }, race): [string, string | null] => {
      const orders = log.flatMap((it) =>
        it.kind === "order" && it.race === race && it.outcome ? [it.outcome.order] : []
      )
      return [name, nameOf(orders) ?? null]
    })
    made.push({ turn, with: Object.fromEntries(by) })
  }
  const galaxies = [...files.keys()].filter((it) => it.startsWith("galaxy/")).length
  return made.length === galaxies && galaxies > 0 ? made : undefined
}

/** The list that a write gives, once it is taken. */
const given = ({ body, method, path }: ModelCall): string | undefined => {
  if (method === "GET" || (path !== "/api/v1/order" && path !== "/api/v1/command")) return undefined
  const { commands, orders } = JSON.parse(new TextDecoder().decode(body)) as Record<string, ReadonlyArray<NamedOrder>>
  return nameOf(orders ?? commands)
}

/** Folders are in a temporary one, which goes with the scope, like the engines that still run. */
export const make: Effect.Effect<Engines<string>, never, Scope.Scope> = Effect.gen(function* () {
  const root = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "galaxy-model-"))),
    (made) => Effect.promise(() => rm(made, { recursive: true, force: true, maxRetries: 3 }))
  )
  const all = yield* Effect.scope
  /** Ends of the last engines of folders, which the next ones wait for. */
  const ends = new Map<string, Promise<void>>()
  let folders = 0

  const run = Effect.fnUntraced(function* (folder: string, token: string, applied: (list: string) => void) {
    yield* Effect.promise(() => ends.get(folder) ?? Promise.resolve())
    const scope = yield* Scope.fork(all)
    const options = { version: "0.1.0", token: Redacted.make(token) }
    const memo = yield* Layer.makeMemoMap
    const built = yield* Layer.buildWithMemoMap(engineIn(folder, options), memo, scope).pipe(
      // Of the backend that starts it the engine has nothing.
      Effect.setContext(Context.empty()),
      Effect.orDie
    )
    const { address } = Context.get(built, HttpServer.HttpServer)
    const base = `http://127.0.0.1:${"port" in address ? address.port : 0}`
    return {
      answer: async (call: ModelCall) => {
        const response = await fetch(`${base}${call.path}?${call.query}`, {
          method: call.method,
          headers: { "content-type": "application/json", authorization: call.authorization ?? "" },
          ...(call.method === "GET" ? {} : { body: call.body as Uint8Array<ArrayBuffer> })
        })
        const bytes = await response.arrayBuffer()
        const list = response.ok ? given(call) : undefined
        if (list !== undefined) applied(list)
        const empty = response.status === 204
        return new Response(empty ? null : bytes, { status: response.status, headers: response.headers })
      },
      end: () => void ends.set(folder, Effect.runPromise(Scope.close(scope, Exit.void)))
    }
  })

  return {
    empty: () => {
      const folder = join(root, `${++folders}`)
      mkdirSync(folder)
      return folder
    },
    run,
    turns
  }
})
