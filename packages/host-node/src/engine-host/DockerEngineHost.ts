/**
 * `EngineHost` with one container per game on one or several Docker daemons.
 *
 * Nothing is kept in this process: what runs is asked of the daemons, so several backends may use the same ones. Engines
 * outlive the backend, and are adopted by the next one.
 */
import { availableParallelism } from "node:os"
import type { GameId } from "@galaxy/contract/ids/Ids"
import type { Identity } from "@galaxy/core/engine/Incarnation"
import { EngineHost, EngineHostUnavailable } from "@galaxy/core/engine/EngineHost"
import { Clock, type Duration, Effect, Layer, Option, PubSub, Ref, type Scope, Stream } from "effect"
import { connect, type DockerTimes } from "./docker/DockerDaemon.ts"
import { makeDockerHost } from "./docker/DockerHost.ts"
import { defaultLimits, type DockerHostSettings, type EngineLimits } from "./docker/DockerSettings.ts"
import * as ImagePulls from "./docker/ImagePulls.ts"
import { type Seen, watchHost } from "./docker/HostWatch.ts"
import { OwnerUnknown } from "./docker/labels.ts"
import type { EngineRun } from "@galaxy/core/engine/EngineHost"

/** Which daemons, and what engines may do there. */
export interface DockerEngineHostOptions {
  /** Marks what belongs to this platform. Two platforms on one daemon need different ones, or neither touches the other's. */
  readonly installation: string
  /** At least one; their names differ. */
  readonly hosts: ReadonlyArray<DockerHostSettings>
  /**
   * Which platform this is, and which incarnation of it; containers of its other incarnations are removed. Asked for again
   * with each operation.
   */
  readonly identity: Effect.Effect<Identity, { readonly message: string }>
  readonly limits?: Partial<EngineLimits>
  /** Whether images that a host doesn't have are pulled; not by default. */
  readonly mayPull?: boolean
  /** How long daemons are waited for. */
  readonly times?: Partial<DockerTimes>
  /** From the start of a container until its engine listens; 30 s by default. */
  readonly startTimeout?: Duration.Input
}

/** Events that wait for whoever reads them. The oldest are dropped. */
const mostEvents = 1_000

/** Seconds in which an engine may end by itself. */
const graceSeconds = 2

/** Asks the daemons from now on, and looks after them until the scope ends. Engines run on. */
export const make = (options: DockerEngineHostOptions): Effect.Effect<EngineHost["Service"], never, Scope.Scope> =>
  Effect.gen(function* () {
    const { installation } = options
    const owner = options.identity.pipe(
      Effect.map((identity) => ({ installation, ...identity })),
      Effect.mapError(
        (error) =>
          new OwnerUnknown({ reason: `the incarnation is not known: ${error.message || "the database does not say"}` })
      )
    )
    const ends = yield* PubSub.sliding<EngineRun>(mostEvents)
    const common = {
      owner,
      limits: { ...defaultLimits, ...options.limits },
      mayPull: options.mayPull ?? false,
      startsAtOnce: availableParallelism(),
      startTimeout: options.startTimeout ?? "30 seconds",
      graceSeconds
    }
    const hosts = yield* Effect.forEach(
      options.hosts,
      (settings) =>
        Effect.gen(function* () {
          const daemon = yield* connect(settings.endpoint, options.times)
          const host = makeDockerHost(daemon, settings, common, yield* ImagePulls.make(daemon, settings.name))
          const seen = yield* Ref.make<Seen>({ answers: false, trouble: "it has not been asked yet" })
          // The first answer is waited for: a host must not seem to be away because nobody has asked it.
          yield* Effect.matchEffect(host.daemon.ping, {
            onSuccess: () => Ref.set(seen, { answers: true }),
            onFailure: ({ message }) => Ref.set(seen, { answers: false, trouble: message })
          })
          yield* Effect.forkScoped(watchHost(host, installation, seen, ends))
          return { host, seen }
        }),
      { concurrency: "unbounded" }
    )
    const byName = new Map(hosts.map(({ host }) => [host.host.name, host]))

    const hostOf = (hostId: string) => {
      const found = byName.get(hostId)
      return found === undefined
        ? Effect.fail(new EngineHostUnavailable({ reason: `no host ${hostId} is configured (BACKEND_DOCKER_HOSTS)` }))
        : Effect.succeed(found)
    }

    const answering = Effect.filter(hosts, ({ seen }) => Effect.map(Ref.get(seen), ({ answers }) => answers))

    const statuses = Effect.forEach(hosts, ({ host, seen }) =>
      Effect.map(Effect.all([Ref.get(seen), Clock.currentTimeMillis]), ([{ answers, heardAt, trouble }, now]) => ({
        hostId: host.host.name,
        answers,
        most: host.host.most,
        ...(answers || heardAt === undefined ? {} : { silentFor: now - heardAt }),
        ...(trouble === undefined ? {} : { trouble })
      }))
    )

    return EngineHost.of({
      start: Effect.fn("EngineHost.start")((spec) => Effect.flatMap(hostOf(spec.hostId), (it) => it.start(spec))),
      inspect: (run) => Effect.flatMap(hostOf(run.hostId), (it) => it.inspect(run)),
      ended: Effect.fn("EngineHost.ended")((run) =>
        Option.match(Option.fromUndefinedOr(byName.get(run.hostId)), {
          onNone: () => Effect.succeed(Option.none()),
          onSome: (it) => it.ended(run)
        })
      ),
      stop: Effect.fn("EngineHost.stop")((gameId, hostId, upTo) =>
        Effect.flatMap(hostOf(hostId), (it) => it.stop(gameId, upTo))
      ),
      discard: Effect.fn("EngineHost.discard")((gameId, hostId, upTo) =>
        Effect.flatMap(hostOf(hostId), (it) => it.discard(gameId, upTo))
      ),
      list: Effect.flatMap(answering, (them) =>
        Effect.map(
          Effect.forEach(them, ({ host }) => Effect.catch(host.list, () => Effect.succeed([])), {
            concurrency: "unbounded"
          }),
          (lists) => lists.flat()
        )
      ),
      hosts: statuses,
      asleep: Effect.succeed(new Set<GameId>()),
      // Nobody puts them to sleep; whether one runs is known where it runs.
      hold: () => Effect.succeed(true),
      ends: Stream.fromPubSub(ends),
      trouble: Effect.map(statuses, (them) =>
        them.some(({ answers }) => answers)
          ? undefined
          : `no Docker host answers: ${them.map(({ hostId, trouble }) => `${hostId}: ${trouble}`).join("; ")}`
      ),
      imageTrouble: (imageRef) =>
        Effect.gen(function* () {
          if (common.mayPull) return undefined
          const them = yield* answering
          const ids = yield* Effect.forEach(
            them,
            ({ host }) => Effect.catch(host.daemon.imageId(imageRef), () => Effect.succeed(Option.none())),
            { concurrency: "unbounded" }
          )
          return them.length === 0 || ids.some(Option.isSome) ? undefined : "no Docker host has this image"
        })
    })
  })

/** Never fails to build; problems show in `hosts`, and when an engine is started. */
export const layer = (options: DockerEngineHostOptions): Layer.Layer<EngineHost> =>
  Layer.effect(EngineHost, make(options))
