/**
 * Several hosts whose engines are a model: an `EngineHost` and the `HttpClient` that reaches its engines.
 *
 * A host can be cut off: then neither it nor its engines answer, and its engines go on. An engine begins with the game as it
 * was last committed, as if its state were brought to it; what it makes of it is its own until that is committed.
 */
import type { InitRequest } from "@galaxy/contract/engine/Admin"
import type { GameId } from "@galaxy/contract/ids/Ids"
import {
  EngineGone,
  EngineHost,
  EngineHostUnavailable,
  type EngineInstance,
  type EngineRun,
  type EngineSpec,
  EngineStale,
  type EngineStartFailed
} from "@galaxy/core/engine/EngineHost"
import { Context, Effect, Layer, Option, Redacted } from "effect"
import { HttpClient, HttpClientError, HttpClientResponse } from "effect/http"
import { json, refusal } from "./ScriptedEngines.ts"
import { modelStatus } from "./modelStatus.ts"

interface Run {
  readonly instance: EngineInstance
  readonly token: string
  turn: number | undefined
}

interface Host {
  cut: boolean
  /** Being cut off, it refuses nothing: whoever calls its engines waits. */
  mute: boolean
  /** It doesn't answer, while its engines do. */
  away: boolean
  readonly runs: Map<GameId, Run>
  /** The latest epoch of each game that was started here. */
  readonly latest: Map<GameId, number>
}

/** What becomes of a call to an engine, decided before and after it is carried out. */
export type Mishap = "none" | "not sent" | "answer lost"

export class ModelHosts extends Context.Service<
  ModelHosts,
  {
    readonly names: ReadonlyArray<string>
    /** Cuts the host off, or joins it again. */
    cut(hostId: string, cut: boolean): Effect.Effect<void>
    /** Calls to the host's engines are answered never, or again. */
    mute(hostId: string, mute: boolean): Effect.Effect<void>
    /** The host answers nobody, or again; its engines do. */
    away(hostId: string, away: boolean): Effect.Effect<void>
    /** Ends the game's engine on the host as a crash does. */
    kill(hostId: string, gameId: GameId): Effect.Effect<void>
    /** The same, and leaves nothing by which the host knows of it: somebody has removed it by hand. */
    remove(hostId: string, gameId: GameId): Effect.Effect<void>
    /** Decides which starts are refused from now on, before anything runs. */
    refuse(why: (hostId: string, gameId: GameId) => EngineStartFailed | undefined): Effect.Effect<void>
    /** What was removed for good: the games of `discard`, in order. */
    discarded(hostId: string): Effect.Effect<ReadonlyArray<GameId>>
    /** Runs of the game, on hosts that are cut off too. */
    runs(gameId: GameId): Effect.Effect<ReadonlyArray<EngineInstance>>
    /** Decides what becomes of each call from now on. */
    mishaps(next: (path: string) => Mishap): Effect.Effect<void>
    /** How the engines learn the game's newest committed turn. */
    readTurns(read: (gameId: GameId) => Effect.Effect<number>): Effect.Effect<void>
    /** How often a turn of the game was made by any engine. */
    made(gameId: GameId): Effect.Effect<ReadonlyMap<number, number>>
  }
>()("test/ModelHosts") {}

/** Hosts of these names, each with room for so many engines. */
export const layerOf = (names: ReadonlyArray<string>, most = 100) =>
  Layer.effectContext(
    Effect.sync(() => {
      const hosts = new Map(
        names.map((it): [string, Host] => [
          it,
          { cut: false, mute: false, away: false, runs: new Map(), latest: new Map() }
        ])
      )
      const inits = new Map<GameId, InitRequest>()
      const made = new Map<GameId, Map<number, number>>()
      let instances = 0
      let committed: (gameId: GameId) => Effect.Effect<number> = () => Effect.succeed(0)
      const discards: Array<{ readonly hostId: string; readonly gameId: GameId }> = []
      let refused: (hostId: string, gameId: GameId) => EngineStartFailed | undefined = () => undefined
      let mishap: (path: string) => Mishap = () => "none"

      const reach = (hostId: string) =>
        Effect.suspend(() => {
          const found = hosts.get(hostId)
          return found === undefined || found.cut || found.away
            ? Effect.fail(new EngineHostUnavailable({ reason: `${hostId} doesn't answer` }))
            : Effect.succeed(found)
        })

      const start = Effect.fnUntraced(function* (spec: EngineSpec) {
        const host = yield* reach(spec.hostId)
        // Whoever starts it may be interrupted, or the host cut off, before and after.
        yield* Effect.yieldNow
        const known = host.latest.get(spec.gameId) ?? 0
        const found = host.runs.get(spec.gameId)
        if (known > spec.epoch) return yield* new EngineStale({ epoch: known })
        if (found?.instance.epoch === spec.epoch) return found.instance
        if (known === spec.epoch) return yield* new EngineGone()
        const why = refused(spec.hostId, spec.gameId)
        if (why !== undefined) return yield* why
        const instance = {
          gameId: spec.gameId,
          hostId: spec.hostId,
          epoch: spec.epoch,
          instanceId: `run-${++instances}`,
          endpoint: new URL(`http://${spec.hostId}.run-${instances}.${spec.gameId}.test`)
        }
        host.latest.set(spec.gameId, spec.epoch)
        host.runs.set(spec.gameId, { instance, token: Redacted.value(spec.token), turn: undefined })
        yield* Effect.yieldNow
        return host.cut ? yield* Effect.fail(new EngineHostUnavailable({ reason: "it was cut off" })) : instance
      })

      const end = (gameId: GameId, hostId: string, upTo: number) =>
        Effect.map(reach(hostId), (host) => {
          if ((host.runs.get(gameId)?.instance.epoch ?? 0) <= upTo) host.runs.delete(gameId)
        })
      const runOf = ({ epoch, gameId, hostId }: EngineRun) => {
        const found = hosts.get(hostId)?.runs.get(gameId)
        return found?.instance.epoch === epoch ? found : undefined
      }
      const all = () => [...hosts.values()].flatMap((host) => [...host.runs.values()].map((it) => it.instance))

      const host = EngineHost.of({
        start,
        inspect: (run) => Effect.map(reach(run.hostId), () => Option.fromUndefinedOr(runOf(run)?.instance)),
        ended: () => Effect.succeedNone,
        stop: end,
        discard: (gameId, hostId, upTo) =>
          Effect.tap(end(gameId, hostId, upTo), () => Effect.sync(() => void discards.push({ hostId, gameId }))),
        list: Effect.sync(() => all().filter((it) => hosts.get(it.hostId)?.cut === false)),
        hosts: Effect.sync(() =>
          [...hosts].map(([hostId, { away, cut }]) => ({ hostId, answers: !cut && !away, most }))
        ),
        asleep: Effect.succeed(new Set<GameId>()),
        hold: () => Effect.succeed(true)
      })

      const statusOf = (gameId: GameId, turn: number) => modelStatus(gameId, turn, inits.get(gameId)?.races)

      const behave = (run: Run, committed: number, path: string, body: Readonly<Record<string, unknown>>) => {
        const { gameId } = run.instance
        if (path === "/healthz") return json({ status: "ok", version: "0.1.0" })
        if (path === "/api/v1/admin/init") {
          if (!inits.has(gameId)) inits.set(gameId, body as unknown as InitRequest)
          run.turn ??= 0
          return json(statusOf(gameId, run.turn))
        }
        if (!inits.has(gameId)) return refusal(409, "conflict", "there is no galaxy yet")
        run.turn ??= committed
        if (path === "/api/v1/admin/status") return json(statusOf(gameId, run.turn))
        const turn = Number(body["turn"])
        if (turn > run.turn + 1) return refusal(409, "conflict", "not the next turn")
        if (turn === run.turn + 1) {
          run.turn = turn
          const times = made.get(gameId) ?? new Map<number, number>()
          times.set(turn, (times.get(turn) ?? 0) + 1)
          made.set(gameId, times)
        }
        return json(statusOf(gameId, turn))
      }

      const client = HttpClient.make((request, url) =>
        Effect.gen(function* () {
          const gone = Effect.suspend(() =>
            Effect.fail(
              new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request }) })
            )
          )
          const [hostId = "", runId, gameId = ""] = url.hostname.split(".")
          const place = hosts.get(hostId)
          const what = mishap(url.pathname)
          yield* Effect.yieldNow
          const run = place?.runs.get(gameId as GameId)
          if (place === undefined || run === undefined || run.instance.instanceId !== runId) return yield* gone
          if (place.mute) return yield* Effect.never
          if (place.cut || what === "not sent") return yield* gone
          if (request.headers["authorization"] !== `Bearer ${run.token}`) {
            return HttpClientResponse.fromWeb(request, refusal(401, "unauthorized", "another token"))
          }
          const text = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : "{}"
          const answer = behave(
            run,
            run.turn ?? (yield* committed(run.instance.gameId)),
            url.pathname,
            JSON.parse(text) as Record<string, unknown>
          )
          yield* Effect.yieldNow
          return place.cut || what === "answer lost" ? yield* gone : HttpClientResponse.fromWeb(request, answer)
        })
      )

      const model = ModelHosts.of({
        names,
        cut: (hostId, cut) =>
          Effect.sync(() => {
            const found = hosts.get(hostId)
            if (found !== undefined) found.cut = cut
          }),
        mute: (hostId, mute) =>
          Effect.sync(() => {
            const found = hosts.get(hostId)
            if (found !== undefined) found.mute = mute
          }),
        away: (hostId, away) =>
          Effect.sync(() => {
            const found = hosts.get(hostId)
            if (found !== undefined) found.away = away
          }),
        kill: (hostId, gameId) => Effect.sync(() => void hosts.get(hostId)?.runs.delete(gameId)),
        remove: (hostId, gameId) =>
          Effect.sync(() => {
            hosts.get(hostId)?.runs.delete(gameId)
            hosts.get(hostId)?.latest.delete(gameId)
          }),
        refuse: (why) =>
          Effect.sync(() => {
            refused = why
          }),
        discarded: (hostId) => Effect.sync(() => discards.filter((it) => it.hostId === hostId).map((it) => it.gameId)),
        runs: (gameId) => Effect.sync(() => all().filter((it) => it.gameId === gameId)),
        mishaps: (next) =>
          Effect.sync(() => {
            mishap = next
          }),
        readTurns: (read) =>
          Effect.sync(() => {
            committed = read
          }),
        made: (gameId) => Effect.sync(() => made.get(gameId) ?? new Map<number, number>())
      })

      return Context.make(EngineHost, host).pipe(
        Context.add(HttpClient.HttpClient, client),
        Context.add(ModelHosts, model)
      )
    })
  )
