/**
 * Hosts with model engines that have states of their own: each can be cut off, so that its engines go on unseen, and loses
 * its engines or all that it has.
 *
 * An address is used again by the next engine that is started on the host, as ports are.
 */
import type { GameId } from "@galaxy/contract/ids/Ids"
import {
  EngineGone,
  EngineHost,
  EngineHostUnavailable,
  type EngineInstance,
  type EngineRun,
  type EngineSpec,
  EngineStale
} from "@galaxy/core/engine/EngineHost"
import { Context, Effect, Layer, Option, Redacted } from "effect"
import { HttpClient, HttpClientError, type HttpClientRequest, HttpClientResponse } from "effect/http"
import { refusal } from "../../engine/ScriptedEngines.ts"
import * as ModelEngine from "./modelEngine.ts"

interface Run {
  readonly instance: EngineInstance
  readonly token: string
  readonly fresh: boolean
  readonly answer: ReturnType<typeof ModelEngine.make>
}

interface Host {
  cut: boolean
  /** Runs by port. */
  readonly ports: Map<number, Run>
  readonly folders: Map<GameId, ModelEngine.Files>
  readonly latest: Map<GameId, number>
}

/** What becomes of a call to an engine. A late one is given up by its caller, and carried out after that. */
export type Mishap = "none" | "not sent" | "answer lost" | "late"

export class StatefulHosts extends Context.Service<
  StatefulHosts,
  {
    readonly names: ReadonlyArray<string>
    cut(hostId: string, cut: boolean): void
    /** Ends the game's engine on the host as a crash does. */
    kill(hostId: string, gameId: GameId): void
    /** The host comes back with nothing. */
    wipe(hostId: string): void
    /** Runs of the game, on hosts that are cut off too. */
    runs(gameId: GameId): ReadonlyArray<EngineInstance>
    /** Decides what becomes of each call from now on. */
    mishaps(next: () => Mishap): void
    /** Decides when late calls are carried out: each returned effect is one. */
    readonly late: Array<() => void>
    /** Is told the name of each list of orders that an engine takes. */
    onApplied(told: (list: string) => void): void
  }
>()("test/StatefulHosts") {}

const textOf = (request: HttpClientRequest.HttpClientRequest) =>
  request.body._tag === "Uint8Array" ? request.body.body : new Uint8Array()

/** Hosts of these names. */
export const layerOf = (names: ReadonlyArray<string>) =>
  Layer.effectContext(
    Effect.sync(() => {
      const empty = (): Host => ({ cut: false, ports: new Map(), folders: new Map(), latest: new Map() })
      const hosts = new Map(names.map((it): [string, Host] => [it, empty()]))
      const late: Array<() => void> = []
      let mishap: () => Mishap = () => "none"
      let applied: (list: string) => void = () => undefined
      let instances = 0

      const reach = (hostId: string) =>
        Effect.suspend(() => {
          const found = hosts.get(hostId)
          return found === undefined || found.cut
            ? Effect.fail(new EngineHostUnavailable({ reason: `${hostId} doesn't answer` }))
            : Effect.succeed(found)
        })
      const portOf = (host: Host, gameId: GameId) =>
        [...host.ports].find(([, it]) => it.instance.gameId === gameId)?.[0]
      const end = (host: Host, gameId: GameId) => {
        const port = portOf(host, gameId)
        if (port === undefined) return
        if (host.ports.get(port)?.fresh === true) host.folders.delete(gameId)
        host.ports.delete(port)
      }

      const start = Effect.fnUntraced(function* (spec: EngineSpec) {
        const host = yield* reach(spec.hostId)
        const known = host.latest.get(spec.gameId) ?? 0
        const found = host.ports.get(portOf(host, spec.gameId) ?? 0)
        if (known > spec.epoch) return yield* new EngineStale({ epoch: known })
        if (found?.instance.epoch === spec.epoch) return found.instance
        if (known === spec.epoch) return yield* new EngineGone()
        end(host, spec.gameId)
        if (spec.fresh || !host.folders.has(spec.gameId)) host.folders.set(spec.gameId, new Map())
        let port = 1
        while (host.ports.has(port)) port++
        const instance = {
          gameId: spec.gameId,
          hostId: spec.hostId,
          epoch: spec.epoch,
          instanceId: `run-${++instances}`,
          endpoint: new URL(`http://${spec.hostId}:${8000 + port}`)
        }
        host.latest.set(spec.gameId, spec.epoch)
        host.ports.set(port, {
          instance,
          token: Redacted.value(spec.token),
          fresh: spec.fresh,
          answer: ModelEngine.make(host.folders.get(spec.gameId) ?? new Map(), (list) => applied(list))
        })
        return instance
      })

      const stop = (gameId: GameId, hostId: string, upTo: number, discard: boolean) =>
        Effect.map(reach(hostId), (host) => {
          if ((host.latest.get(gameId) ?? 0) > upTo) return
          end(host, gameId)
          if (discard) host.folders.delete(gameId)
        })
      const all = () => [...hosts.values()].flatMap((host) => [...host.ports.values()].map((it) => it.instance))
      const runOf = ({ epoch, gameId, hostId }: EngineRun) =>
        all().find((it) => it.gameId === gameId && it.hostId === hostId && it.epoch === epoch)

      const host = EngineHost.of({
        start,
        inspect: (run) => Effect.map(reach(run.hostId), () => Option.fromUndefinedOr(runOf(run))),
        ended: () => Effect.succeedNone,
        stop: (gameId, hostId, upTo) => stop(gameId, hostId, upTo, false),
        discard: (gameId, hostId, upTo) => stop(gameId, hostId, upTo, true),
        list: Effect.sync(() => all().filter((it) => hosts.get(it.hostId)?.cut === false)),
        hosts: Effect.sync(() => [...hosts].map(([hostId, { cut }]) => ({ hostId, answers: !cut, most: 100 }))),
        asleep: Effect.succeed(new Set<GameId>()),
        hold: () => Effect.succeed(true)
      })

      const client = HttpClient.make((request, url) =>
        Effect.suspend(() => {
          const gone = Effect.fail(
            new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request }) })
          )
          const place = hosts.get(url.hostname)
          const answer = () => {
            const run = place?.ports.get(Number(url.port) - 8000)
            if (run === undefined) return undefined
            if (request.headers["authorization"] !== `Bearer ${run.token}`) {
              return refusal(401, "unauthorized", "another token")
            }
            const { method } = request
            return run.answer({ method, path: url.pathname, query: url.searchParams, body: textOf(request) })
          }
          const what = mishap()
          if (place === undefined || place.cut || what === "not sent") return gone
          if (what === "late") {
            late.push(() => void answer())
            return gone
          }
          const response = answer()
          if (response === undefined || what === "answer lost") return gone
          return Effect.succeed(HttpClientResponse.fromWeb(request, response))
        })
      )

      const model = StatefulHosts.of({
        names,
        cut: (hostId, cut) => {
          const found = hosts.get(hostId)
          if (found !== undefined) found.cut = cut
        },
        kill: (hostId, gameId) => {
          const found = hosts.get(hostId)
          if (found !== undefined) end(found, gameId)
        },
        wipe: (hostId) => void hosts.set(hostId, { ...empty(), cut: hosts.get(hostId)?.cut ?? false }),
        runs: (gameId) => all().filter((it) => it.gameId === gameId),
        mishaps: (next) => {
          mishap = next
        },
        late,
        onApplied: (told) => {
          applied = told
        }
      })

      return Context.make(EngineHost, host).pipe(
        Context.add(HttpClient.HttpClient, client),
        Context.add(StatefulHosts, model)
      )
    })
  )
