/**
 * An engine that does towards the platform what the real one does, in microseconds: its state is a set of files, it keeps
 * orders by revision, takes writes for its open turn alone, and makes each turn from the orders that it has.
 *
 * What a turn was made with is in its galaxy, with the digest of the galaxy before.
 */
import { createHash } from "node:crypto"
import type { InitRequest } from "@galaxy/contract/engine/Admin"
import { Effect } from "effect"
import { json, refusal } from "../../engine/ScriptedEngines.ts"
import { modelStatus } from "../../engine/modelStatus.ts"
import {
  type Engines,
  galaxyPath,
  type MadeTurn,
  type ModelCall,
  type NamedOrder,
  nameOf,
  ordersPath
} from "./engines.ts"

/** A state: texts by path. */
export type Files = Map<string, string>

/** The content of `galaxy/N.json`. */
interface ModelGalaxy extends MadeTurn {
  readonly init: InitRequest
  /** Of the galaxy before it. */
  readonly before: string
}

interface Stored {
  readonly revision: number
  readonly orders: ReadonlyArray<NamedOrder>
}

const states = "/api/v1/admin/state"
const utf8 = new TextDecoder()

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex")

/** The galaxies of a state that can be opened; undefined for any other. */
const turns = (files: ReadonlyMap<string, string>): ReadonlyArray<ModelGalaxy> | undefined => {
  const made: Array<ModelGalaxy> = []
  let before = ""
  for (let turn = 0; files.has(galaxyPath(turn)); turn++) {
    const text = files.get(galaxyPath(turn)) ?? ""
    const galaxy = JSON.parse(text) as ModelGalaxy
    if (galaxy.turn !== turn || galaxy.before !== before) return undefined
    before = sha256(text)
    made.push(galaxy)
  }
  const galaxies = [...files.keys()].filter((it) => it.startsWith("galaxy/")).length
  return made.length === galaxies && galaxies > 0 ? made : undefined
}
const opened = (files: Files) => turns(files)?.at(-1)

/** An engine over its state; `applied` is told of each list that is taken. */
const make = (files: Files, token: string, applied: (list: string) => void) => {
  let galaxy = opened(files)

  const pathOf = (turn: number, race: string) =>
    ordersPath(turn, galaxy?.init.races.findIndex((it) => it.name === race) ?? 0)
  const stored = (turn: number, race: string): Stored => {
    const text = files.get(pathOf(turn, race))
    return text === undefined ? { revision: 0, orders: [] } : (JSON.parse(text) as Stored)
  }

  const status = (of: ModelGalaxy, turn = of.turn) => json(modelStatus(of.init.game_id, turn, of.init.races))

  const told = (race: string, turn: number, { orders, revision }: Stored) => ({
    race,
    turn,
    orders,
    verdicts: orders.map((_, position) => ({ position, accepted: true })),
    revision: turn * 1000 + revision + 1,
    counts: { orders: orders.length, refused: 0 }
  })
  const keptOf = (race: string, turn: number) => {
    const path = pathOf(turn, race)
    const sealed = files.get(path)
    return sealed === undefined ? {} : { kept: { path, revision: stored(turn, race).revision, sealed } }
  }

  const write = (open: ModelGalaxy, body: Record<string, unknown>, appends: boolean) => {
    if (body["turn"] !== open.turn) return refusal(409, "conflict", "the turn isn't open")
    const race = String(body["actor"])
    const standing = stored(open.turn, race)
    const revision = open.turn * 1000 + standing.revision + 1
    const wanted = body["if_revision"]
    if (wanted !== undefined && wanted !== revision) return refusal(409, "conflict", "the orders have changed")
    const given = body[appends ? "commands" : "orders"] as Stored["orders"]
    const next = { revision: standing.revision + 1, orders: appends ? [...standing.orders, ...given] : given }
    files.set(pathOf(open.turn, race), JSON.stringify(next))
    applied(nameOf(given) ?? "")
    return json({ ...told(race, open.turn, next), ...keptOf(race, open.turn) })
  }

  const turn = (open: ModelGalaxy, wanted: number) => {
    if (wanted <= open.turn) return status(open, wanted)
    if (wanted > open.turn + 1) return refusal(409, "conflict", "not the next turn")
    const races = open.init.races.map((it): [string, string | null] => [
      it.name,
      nameOf(stored(open.turn, it.name).orders) ?? null
    ])
    const before = sha256(files.get(galaxyPath(open.turn)) ?? "")
    galaxy = { turn: wanted, init: open.init, before, with: Object.fromEntries(races) }
    files.set(galaxyPath(wanted), JSON.stringify(galaxy))
    return status(galaxy)
  }

  const readOrders = (open: ModelGalaxy, query: URLSearchParams) => {
    const race = query.get("race") ?? ""
    const wanted = Number(query.get("turn") ?? open.turn)
    if (wanted > open.turn) return refusal(404, "not_found", "no such turn")
    const answer = told(race, wanted, stored(wanted, race))
    return json(wanted >= open.turn - 1 ? { ...answer, ...keptOf(race, wanted) } : answer)
  }

  const list = (from: number) =>
    json({
      ...(galaxy === undefined ? {} : { turn: galaxy.turn }),
      files: [...files]
        .map(([path, text]) => ({
          path,
          size: new TextEncoder().encode(text).byteLength,
          sha256: sha256(text),
          turn: Number(/\d{7}/.exec(path)?.[0])
        }))
        .filter((it) => it.turn >= from)
    })

  const state = ({ method, path, query, body }: ModelCall) => {
    if (path === states) return list(Number(query.get("from") ?? 0))
    const file = path.slice(states.length + 1)
    if (method === "GET") {
      const text = files.get(file)
      return text === undefined ? refusal(404, "not_found", "no such file") : new Response(text)
    }
    if (method === "POST" && file === "open") {
      galaxy ??= opened(files)
      return galaxy === undefined ? refusal(409, "conflict", "the state can't be opened") : status(galaxy)
    }
    if (galaxy !== undefined) return refusal(409, "conflict", "there is a game already")
    files.set(file, utf8.decode(body))
    return new Response(null, { status: 204 })
  }

  /** Answers a call, at once and alone. */
  return (call: ModelCall): Response => {
    const { method, path, query } = call
    // Said to anybody.
    if (path === "/healthz") return json({ status: "ok", version: "0.1.0" })
    if (call.authorization !== `Bearer ${token}`) return refusal(401, "unauthorized", "another token")
    if (path === states || path.startsWith(`${states}/`)) return state(call)
    const body = method === "GET" ? {} : (JSON.parse(utf8.decode(call.body)) as Record<string, unknown>)
    if (path === "/api/v1/admin/init" && galaxy === undefined) {
      galaxy = { turn: 0, init: body as unknown as InitRequest, before: "", with: {} }
      files.set(galaxyPath(0), JSON.stringify(galaxy))
    }
    if (galaxy === undefined) return refusal(409, "conflict", "there is no galaxy yet")
    if (path === "/api/v1/admin/turn") return turn(galaxy, Number(body["turn"]))
    if (path === "/api/v1/order" && method === "GET") return readOrders(galaxy, query)
    if (path === "/api/v1/order") return write(galaxy, body, false)
    if (path === "/api/v1/command") return write(galaxy, body, true)
    return status(galaxy)
  }
}

/** Engines whose folders are texts by path. */
export const engines: Engines<Files> = {
  empty: () => new Map(),
  run: (folder, token, applied) => Effect.sync(() => ({ answer: make(folder, token, applied), end: () => undefined })),
  turns
}
