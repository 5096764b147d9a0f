/**
 * Engines that do as a test says: an `EngineHost` and the `HttpClient` that reaches its engines.
 *
 * Without a script an engine behaves as the real one does towards the platform: it keeps its state over stops, and makes
 * each turn once. A script sees every call first.
 */
import type { InitRequest } from "@galaxy/contract/engine/Admin"
import { GameId } from "@galaxy/contract/ids/Ids"
import {
  type EngineEnd,
  EngineGone,
  EngineHost,
  type EngineInstance,
  type EngineRun,
  EngineStale,
  EngineStartFailed,
  localHost
} from "@galaxy/core/engine/EngineHost"
import { Context, Effect, Layer, Option, Redacted } from "effect"
import { HttpClient, HttpClientError, HttpClientResponse } from "effect/http"

export interface Call {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
  /** How often this method and path of this game was called before. */
  readonly before: number
}

/** What a script makes of a call: an answer, no answer, the engine's death, or nothing of its own. */
export type Scripted = Response | "drop" | "crash" | "out of memory" | undefined

/** What the host says of an engine whose script let it run out of memory. */
export const outOfMemory: EngineEnd = { reason: "the engine ran out of memory", outOfMemory: true }

export interface Script {
  /** Fails the start, where it answers something. */
  readonly start?: (
    before: number
  ) => { readonly reason: string; readonly permanent: boolean; readonly noRoom?: boolean } | undefined
  readonly call?: (call: Call) => Effect.Effect<Scripted>
  /** Replaces the answer of an engine that did as it was asked. */
  readonly after?: (call: Call) => Response | undefined
  readonly finishAt?: number
}

interface Game {
  script: Script
  starts: number
  stops: number
  discards: number
  running: EngineInstance | undefined
  /** The latest epoch that was started, and the token of its engine. */
  epoch: number
  token: Redacted.Redacted
  ended: EngineEnd | undefined
  state: { readonly init: InitRequest; turn: number } | undefined
  /** Races that were banished, and that the engine plays since it was told to, in this order. */
  readonly orders: Array<string>
  /** Images of the engine's starts. */
  readonly images: Array<string>
  /** How often each turn was really made. */
  readonly made: Map<number, number>
  readonly calls: Array<Omit<Call, "before">>
}

export class ScriptedEngines extends Context.Service<
  ScriptedEngines,
  {
    script(gameId: GameId, script: Script): Effect.Effect<void>
    game(gameId: GameId): Effect.Effect<Readonly<Game>>
    /** Ends the engine as a crash does. */
    crash(gameId: GameId): Effect.Effect<void>
    /** The same, and the host has seen it. */
    fail(gameId: GameId): Effect.Effect<void>
  }
>()("test/ScriptedEngines") {}

export const json = (body: unknown, status = 200) => {
  const text = JSON.stringify(body)
  const length = `${new TextEncoder().encode(text).length}`
  return new Response(text, { status, headers: { "content-type": "application/json", "content-length": length } })
}

export const refusal = (status: number, code: string, message: string) => json({ error: { code, message } }, status)

const statusOf = (game: Game, turn: number) => ({
  game_id: game.state?.init.game_id,
  turn,
  finished: game.script.finishAt !== undefined && turn >= game.script.finishAt,
  winners: [],
  players: game.state?.init.races.map((it, index) => ({
    player_id: it.player_id,
    race: it.name,
    planets: 1 + index + turn,
    population: 100,
    industry: 50,
    eliminated: false,
    max_planets: 1 + index + turn,
    max_population: 100,
    initial_planets: 1 + index,
    initial_population: 100
  }))
})

const behave = (game: Game, { path, body, query }: Call): Response => {
  if (path === "/healthz") return json({ status: "ok", version: "0.1.0" })
  if (path === "/api/v1/admin/init") {
    const init = body as unknown as InitRequest
    if (game.state !== undefined && game.state.init.game_id !== init.game_id) return refusal(409, "conflict", "another")
    game.state ??= { init, turn: 0 }
    return json(statusOf(game, 0))
  }
  const state = game.state
  if (state === undefined) return refusal(409, "conflict", "there is no galaxy yet")
  if (path === "/api/v1/admin/status") return json(statusOf(game, state.turn))
  if (path.startsWith("/api/v1/admin/race/")) {
    game.orders.push(`${path.slice("/api/v1/admin/race/".length)} ${String(body["race"])}`)
    return json(statusOf(game, state.turn))
  }
  if (path === "/api/v1/admin/turn") {
    const turn = Number(body["turn"])
    if (turn > state.turn + 1) return refusal(409, "conflict", "not the next turn")
    if (turn === state.turn + 1) {
      state.turn = turn
      game.made.set(turn, (game.made.get(turn) ?? 0) + 1)
    }
    return json(statusOf(game, turn))
  }
  if (path === "/api/v1/command" || path === "/api/v1/order")
    return json({ race: body["actor"] ?? query["race"], ...body })
  return json({ game_id: state.init.game_id, race: query["race"], turn: Number(query["turn"]) })
}

/** Engines of which so many may run at once: the others sleep, the one that was started first goes first. */
export const layerOf = ({
  most = Number.POSITIVE_INFINITY
}: {
  readonly most?: number
}): Layer.Layer<ScriptedEngines | EngineHost | HttpClient.HttpClient> =>
  Layer.effectContext(
    Effect.sync(() => {
      const holds = new Map<string, number>()
      const asleep = new Set<GameId>()
      const games = new Map<string, Game>()
      let runs = 0

      const gameOf = (gameId: string): Game => {
        const found = games.get(gameId)
        if (found !== undefined) return found
        const made: Game = {
          script: {},
          starts: 0,
          stops: 0,
          discards: 0,
          running: undefined,
          epoch: 0,
          token: Redacted.make(""),
          ended: undefined,
          state: undefined,
          orders: [],
          images: [],
          made: new Map(),
          calls: []
        }
        games.set(gameId, made)
        return made
      }

      const stop = (gameId: GameId, upTo: number) =>
        Effect.sync(() => {
          const game = gameOf(gameId)
          if (game.epoch > upTo) return false
          if (game.running !== undefined) game.stops++
          game.running = undefined
          asleep.delete(gameId)
          return true
        })
      const runOf = ({ epoch, gameId }: EngineRun) => {
        const { running } = gameOf(gameId)
        return running?.epoch === epoch ? running : undefined
      }

      const host = EngineHost.of({
        start: ({ epoch, gameId, hostId, imageRef, token }) =>
          Effect.suspend((): Effect.Effect<EngineInstance, EngineStale | EngineGone | EngineStartFailed> => {
            const game = gameOf(gameId)
            if (game.epoch > epoch) return Effect.fail(new EngineStale({ epoch: game.epoch }))
            if (game.epoch === epoch) {
              return game.running === undefined ? Effect.fail(new EngineGone()) : Effect.succeed(game.running)
            }
            if (game.running !== undefined) game.stops++
            game.running = undefined
            const awake = [...games].filter(([, it]) => it.running !== undefined)
            if (awake.length >= most) {
              const idle = awake.find(([id]) => (holds.get(id) ?? 0) === 0)
              if (idle === undefined) {
                return Effect.fail(new EngineStartFailed({ reason: "full", permanent: false, noRoom: true }))
              }
              idle[1].running = undefined
              asleep.add(GameId.make(idle[0]))
            }
            asleep.delete(gameId)
            game.epoch = epoch
            game.token = token
            const failure = game.script.start?.(game.starts)
            game.starts++
            game.images.push(imageRef)
            game.ended = undefined
            if (failure !== undefined) return Effect.fail(new EngineStartFailed(failure))
            if (!imageRef.startsWith("builtin:")) {
              return Effect.fail(
                new EngineStartFailed({ reason: "the image does not exist", permanent: true, imageMissing: true })
              )
            }
            const run = ++runs
            game.running = {
              gameId,
              hostId,
              epoch,
              instanceId: `run-${run}`,
              endpoint: new URL(`http://${gameId}.run-${run}.test`)
            }
            return Effect.succeed(game.running)
          }),
        ended: ({ epoch, gameId }) =>
          Effect.sync(() => Option.fromUndefinedOr(gameOf(gameId).epoch === epoch ? gameOf(gameId).ended : undefined)),
        inspect: (run) => Effect.sync(() => Option.fromUndefinedOr(runOf(run))),
        stop: (gameId, _, upTo) => Effect.asVoid(stop(gameId, upTo)),
        discard: (gameId, _, upTo) =>
          Effect.map(stop(gameId, upTo), (ended) => {
            if (!ended) return
            const game = gameOf(gameId)
            game.discards++
            game.state = undefined
          }),
        hosts: Effect.succeed([{ hostId: localHost, answers: true }]),
        asleep: Effect.sync(() => new Set(asleep)),
        hold: (run) =>
          Effect.acquireRelease(
            Effect.sync(() => {
              holds.set(run.gameId, (holds.get(run.gameId) ?? 0) + 1)
              return runOf(run) !== undefined
            }),
            () => Effect.sync(() => void holds.set(run.gameId, (holds.get(run.gameId) ?? 1) - 1))
          ),
        list: Effect.sync(() => [...games.values()].flatMap((it) => (it.running === undefined ? [] : [it.running])))
      })

      const client = HttpClient.make((request, url) =>
        Effect.gen(function* () {
          const gone = Effect.suspend(() =>
            Effect.fail(
              new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request }) })
            )
          )
          const [gameId = "", run] = url.hostname.split(".")
          const game = gameOf(gameId)
          const engine = game.running
          if (engine === undefined || engine.instanceId !== run) return yield* gone
          // As the real one does, it says that it lives to anybody.
          const isOpen = url.pathname === "/healthz"
          if (!isOpen && request.headers["authorization"] !== `Bearer ${Redacted.value(game.token)}`) {
            return HttpClientResponse.fromWeb(request, refusal(401, "unauthorized", "no token of this run"))
          }
          const text = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : "{}"
          const call = {
            method: request.method,
            path: url.pathname,
            query: Object.fromEntries(url.searchParams),
            body: JSON.parse(text) as Record<string, unknown>
          }
          const before = game.calls.filter((it) => it.path === call.path && it.method === call.method).length
          game.calls.push(call)
          const scripted = game.script.call === undefined ? undefined : yield* game.script.call({ ...call, before })
          if (scripted === "crash" || scripted === "out of memory") game.running = undefined
          if (scripted === "out of memory") game.ended = outOfMemory
          if (typeof scripted === "string" || game.running?.instanceId !== run) return yield* gone
          if (scripted !== undefined) return HttpClientResponse.fromWeb(request, scripted)
          const own = behave(game, { ...call, before })
          return HttpClientResponse.fromWeb(request, game.script.after?.({ ...call, before }) ?? own)
        })
      )

      return Context.make(EngineHost, host).pipe(
        Context.add(HttpClient.HttpClient, client),
        Context.add(
          ScriptedEngines,
          ScriptedEngines.of({
            script: (gameId, script) =>
              Effect.sync(() => {
                gameOf(gameId).script = script
              }),
            game: (gameId) => Effect.sync(() => gameOf(gameId)),
            fail: (gameId) =>
              Effect.sync(() => {
                gameOf(gameId).running = undefined
                gameOf(gameId).ended = { reason: "the engine failed: it was killed", outOfMemory: false }
              }),
            crash: (gameId) =>
              Effect.sync(() => {
                gameOf(gameId).running = undefined
              })
          })
        )
      )
    })
  )

export const layer = layerOf({})
