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
import type { Engines, MadeTurn, RunningEngine } from "./engines.ts"

interface Run {
  readonly instance: EngineInstance
  readonly fresh: boolean
  readonly engine: RunningEngine
}

interface Host<Folder> {
  cut: boolean
  /** Runs by port. */
  readonly ports: Map<number, Run>
  readonly folders: Map<GameId, Folder>
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
    /** The turns of a state of these engines; undefined for one that can't be opened. */
    turns(files: ReadonlyMap<string, string>): ReadonlyArray<MadeTurn> | undefined
  }
>()("test/StatefulHosts") {}

const textOf = (request: HttpClientRequest.HttpClientRequest) =>
  request.body._tag === "Uint8Array" ? request.body.body : new Uint8Array()

/** Hosts of these names, which run these engines. */
export const layerOf = <Folder>(names: ReadonlyArray<string>, engines: Engines<Folder>) =>
  Layer.effectContext(
    Effect.sync(() => {
      const empty = (): Host<Folder> => ({ cut: false, ports: new Map(), folders: new Map(), latest: new Map() })
      const hosts = new Map(names.map((it): [string, Host<Folder>] => [it, empty()]))
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
      const portOf = (host: Host<Folder>, gameId: GameId) =>
        [...host.ports].find(([, it]) => it.instance.gameId === gameId)?.[0]
      const end = (host: Host<Folder>, gameId: GameId) => {
        const port = portOf(host, gameId)
        if (port === undefined) return
        const run = host.ports.get(port)
        run?.engine.end()
        if (run?.fresh === true) host.folders.delete(gameId)
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
        const kept = spec.fresh ? undefined : host.folders.get(spec.gameId)
        const folder = kept ?? engines.empty()
        host.folders.set(spec.gameId, folder)
        host.latest.set(spec.gameId, spec.epoch)
        const engine = yield* engines.run(folder, Redacted.value(spec.token), (list) => applied(list))
        if (host.latest.get(spec.gameId) !== spec.epoch || hosts.get(spec.hostId) !== host) {
          // It was overtaken, or its host has gone, while it got up.
          engine.end()
          return yield* new EngineGone()
        }
        let port = 1
        while (host.ports.has(port)) port++
        const instance = {
          gameId: spec.gameId,
          hostId: spec.hostId,
          epoch: spec.epoch,
          instanceId: `run-${++instances}`,
          endpoint: new URL(`http://${spec.hostId}:${8000 + port}`)
        }
        host.ports.set(port, { instance, fresh: spec.fresh, engine })
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
          const answer = (): Response | undefined | Promise<Response | undefined> =>
            place?.ports.get(Number(url.port) - 8000)?.engine.answer({
              method: request.method,
              path: url.pathname,
              query: url.searchParams,
              authorization: request.headers["authorization"],
              body: textOf(request)
            })
          const what = mishap()
          if (place === undefined || place.cut || what === "not sent") return gone
          if (what === "late") {
            late.push(() => void Promise.resolve(answer()).catch(() => undefined))
            return gone
          }
          const settle = (response: Response | undefined) =>
            response === undefined || what === "answer lost"
              ? gone
              : Effect.succeed(HttpClientResponse.fromWeb(request, response))
          const answered = answer()
          return answered instanceof Promise
            ? // One that ends meanwhile gives none.
              Effect.flatMap(
                Effect.promise(() => answered.catch(() => undefined)),
                settle
              )
            : settle(answered)
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
        wipe: (hostId) => {
          const before = hosts.get(hostId)
          for (const { engine } of before?.ports.values() ?? []) engine.end()
          hosts.set(hostId, { ...empty(), cut: before?.cut ?? false })
        },
        runs: (gameId) => all().filter((it) => it.gameId === gameId),
        mishaps: (next) => {
          mishap = next
        },
        late,
        onApplied: (told) => {
          applied = told
        },
        turns: engines.turns
      })

      return Context.make(EngineHost, host).pipe(
        Context.add(HttpClient.HttpClient, client),
        Context.add(StatefulHosts, model)
      )
    })
  )
