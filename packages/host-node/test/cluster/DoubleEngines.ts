/**
 * Engines of a whole cluster in memory: an `EngineHost` that every backend reaches, and the `HttpClient` that reaches its
 * engines. They keep their state whatever becomes of the backends, and make each turn once, as real ones do.
 */
import type { InitRequest } from "@galaxy/contract/engine/Admin"
import type { GameId } from "@galaxy/contract/ids/Ids"
import {
  EngineGone,
  EngineHost,
  type EngineInstance,
  type EngineRun,
  EngineStale,
  localHost
} from "@galaxy/core/engine/EngineHost"
import { Context, Effect, Layer, Option, Redacted } from "effect"
import { HttpClient, HttpClientError, HttpClientResponse } from "effect/http"

interface Game {
  running: EngineInstance | undefined
  /** The highest one that was started, and its token. */
  epoch: number
  token: Redacted.Redacted
  state: { readonly init: InitRequest; turn: number } | undefined
  /** How often each turn was made. */
  readonly made: Map<number, number>
}

/** What a test sees of the engines. */
export class DoubleEngines extends Context.Service<
  DoubleEngines,
  {
    /** How often each turn of the game was made, in the order of their first time. */
    readonly made: (gameId: GameId) => ReadonlyMap<number, number>
    /** How many milliseconds the next turns take. */
    readonly turnTakes: (millis: () => number) => void
  }
>()("test/DoubleEngines") {}

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } })

const refusal = (message: string) => json({ error: { code: "conflict", message } }, 409)

const statusOf = ({ init }: NonNullable<Game["state"]>, turn: number) => ({
  game_id: init.game_id,
  turn,
  finished: false,
  winners: [],
  players: init.races.map((it, index) => ({
    player_id: it.player_id,
    race: it.name,
    planets: 1 + index,
    population: 100,
    industry: 50,
    eliminated: false,
    max_planets: 1 + index,
    max_population: 100,
    initial_planets: 1 + index,
    initial_population: 100
  }))
})

const behave = (game: Game, path: string, body: Readonly<Record<string, unknown>>): Response => {
  if (path === "/healthz") return json({ status: "ok", version: "0.1.0" })
  if (path === "/api/v1/admin/init") {
    game.state ??= { init: body as unknown as InitRequest, turn: 0 }
    return json(statusOf(game.state, 0))
  }
  const { state } = game
  if (state === undefined) return refusal("there is no galaxy yet")
  if (path === "/api/v1/admin/status") return json(statusOf(state, state.turn))
  if (path !== "/api/v1/admin/turn") return json({ ...body, revision: 1 })
  const turn = Number(body["turn"])
  if (turn > state.turn + 1) return refusal("not the next turn")
  if (turn === state.turn + 1) {
    state.turn = turn
    game.made.set(turn, (game.made.get(turn) ?? 0) + 1)
  }
  return json(statusOf(state, turn))
}

const pause = (millis: number) => Effect.promise(() => new Promise<void>((done) => setTimeout(done, millis)))

/** One of them for all backends. */
export const layer: Layer.Layer<DoubleEngines | EngineHost | HttpClient.HttpClient> = Layer.effectContext(
  Effect.sync(() => {
    const games = new Map<string, Game>()
    let runs = 0
    let turnTakes = () => 0
    const gameOf = (gameId: string): Game => {
      const game = games.get(gameId) ?? {
        running: undefined,
        epoch: 0,
        token: Redacted.make(""),
        state: undefined,
        made: new Map<number, number>()
      }
      games.set(gameId, game)
      return game
    }
    const runOf = ({ epoch, gameId }: EngineRun) => {
      const { running } = gameOf(gameId)
      return running?.epoch === epoch ? running : undefined
    }

    const host = EngineHost.of({
      start: ({ epoch, gameId, hostId, token }) =>
        Effect.suspend((): Effect.Effect<EngineInstance, EngineStale | EngineGone> => {
          const game = gameOf(gameId)
          if (game.epoch > epoch) return Effect.fail(new EngineStale({ epoch: game.epoch }))
          if (game.epoch === epoch) {
            return game.running === undefined ? Effect.fail(new EngineGone()) : Effect.succeed(game.running)
          }
          const instanceId = `run-${++runs}`
          game.epoch = epoch
          game.token = token
          game.running = { gameId, hostId, epoch, instanceId, endpoint: new URL(`http://${gameId}.${instanceId}.test`) }
          return Effect.succeed(game.running)
        }),
      ended: () => Effect.succeedNone,
      inspect: (run) => Effect.sync(() => Option.fromUndefinedOr(runOf(run))),
      stop: (gameId, _, upTo) =>
        Effect.sync(() => {
          const game = gameOf(gameId)
          if (game.epoch <= upTo) game.running = undefined
        }),
      discard: (gameId, _, upTo) => Effect.sync(() => void (gameOf(gameId).epoch <= upTo && games.delete(gameId))),
      hosts: Effect.succeed([{ hostId: localHost, answers: true }]),
      asleep: Effect.succeed(new Set<GameId>()),
      hold: (run) => Effect.sync(() => runOf(run) !== undefined),
      list: Effect.sync(() => [...games.values()].flatMap((it) => (it.running === undefined ? [] : [it.running])))
    })

    const client = HttpClient.make((request, url) =>
      Effect.gen(function* () {
        const [gameId = "", run] = url.hostname.split(".")
        if (url.pathname === "/api/v1/admin/turn") yield* pause(turnTakes())
        const game = gameOf(gameId)
        if (game.running?.instanceId !== run) {
          return yield* new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request }) })
        }
        if (request.headers["authorization"] !== `Bearer ${Redacted.value(game.token)}`) {
          return HttpClientResponse.fromWeb(
            request,
            json({ error: { code: "unauthorized", message: "no token" } }, 401)
          )
        }
        const text = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : "{}"
        return HttpClientResponse.fromWeb(
          request,
          behave(game, url.pathname, JSON.parse(text) as Record<string, unknown>)
        )
      })
    )

    return Context.make(EngineHost, host).pipe(
      Context.add(HttpClient.HttpClient, client),
      Context.add(DoubleEngines, {
        made: (gameId) => gameOf(gameId).made,
        turnTakes: (millis) => {
          turnTakes = millis
        }
      })
    )
  })
)
