/**
 * The engines of one Docker daemon.
 *
 * One epoch of a game is one run of its engine. The container's name is the game's, so of all that start engines of one
 * game at once, in whatever processes, one creates the container, and each of the others finds it: a run of its own
 * epoch is adopted, one of a lower epoch makes way, and one of a higher epoch says that the caller was overtaken.
 */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Effect, Option, Semaphore } from "effect"
import type { DockerDaemon } from "./DockerDaemon.ts"
import type { DockerError } from "./DockerError.ts"
import type { DockerHostOptions, DockerHostSettings } from "./DockerSettings.ts"
import { imageOf } from "./EngineImage.ts"
import type { ImagePulls } from "./ImagePulls.ts"
import { gameContainers, hasEnded } from "./GameContainers.ts"
import { isCurrent, isMemorial, type Owner, type OwnerUnknown, type Run, runOf } from "./labels.ts"
import { listens } from "./listens.ts"
import {
  type EngineGone,
  EngineHostUnavailable,
  type EngineInstance,
  type EngineSpec,
  type EngineStale,
  type EngineStartFailed
} from "@galaxy/core/engine/EngineHost"
import { refusal, startEngine } from "./startEngine.ts"

/** Every way in which a start fails. */
export type StartError = EngineStartFailed | EngineStale | EngineGone | EngineHostUnavailable

/** The operations of `EngineHost` for one daemon. */
export const makeDockerHost = (
  daemon: DockerDaemon,
  host: DockerHostSettings,
  options: DockerHostOptions,
  pulls: ImagePulls
) => {
  const hostId = host.name
  const containers = gameContainers(daemon, host, options.graceSeconds)
  const starting = Semaphore.makeUnsafe(Math.max(1, options.startsAtOnce))

  const unavailable = ({ message }: DockerError | OwnerUnknown) =>
    new EngineHostUnavailable({ reason: `the host ${hostId}: ${message}` })

  const reached = <A>(use: (owner: Owner) => Effect.Effect<A, DockerError>) =>
    Effect.mapError(Effect.flatMap(options.owner, use), unavailable)

  /** The run that is asked for, if it is there and serves. */
  const adopted = (owner: Owner, spec: EngineSpec) =>
    Effect.gen(function* () {
      const there = yield* containers.ofRun(owner, spec)
      const instance = Option.flatMap(there, ({ found }) => containers.instance(owner, spec, found))
      return Option.isSome(instance) && (yield* listens(instance.value.endpoint)) ? instance : Option.none()
    })

  const start = (spec: EngineSpec): Effect.Effect<EngineInstance, StartError> =>
    Effect.gen(function* () {
      const owner = yield* options.owner
      const there = yield* adopted(owner, spec)
      if (Option.isSome(there)) return there.value
      const imageId = yield* imageOf(daemon, hostId, {
        imageRef: spec.imageRef,
        expected: spec.imageId,
        pulls: options.mayPull ? pulls : undefined
      })
      return yield* starting.withPermits(1)(startEngine(containers, options, owner, spec, imageId))
    }).pipe(
      Effect.catchTags({
        DockerUnavailable: (error) => Effect.fail(unavailable(error)),
        OwnerUnknown: (error) => Effect.fail(unavailable(error)),
        DockerRefused: (error) => Effect.fail(refusal(hostId, error))
      })
    )

  const inspect = (run: Run) =>
    reached((owner) =>
      Effect.map(
        containers.ofRun(owner, run),
        Option.flatMap(({ found }) => containers.instance(owner, run, found))
      )
    )

  /** A memorial says nothing of how its run has ended: that was asked for, or is long past. */
  const ended = (run: Run) =>
    reached((owner) =>
      Effect.gen(function* () {
        const there = yield* containers.ofRun(owner, run)
        if (Option.isNone(there) || !hasEnded(there.value.found.State.Status)) return Option.none()
        const { outOfMemory, reason } = yield* containers.endOf(there.value.found)
        return Option.some({ reason, outOfMemory })
      })
    ).pipe(Effect.catch(() => Effect.succeed(Option.none())))

  const stop = (gameId: GameId, upTo: number) =>
    reached((owner) => Effect.asVoid(containers.endUpTo(owner, gameId, upTo)))

  const discard = (gameId: GameId, upTo: number) =>
    reached((owner) =>
      Effect.flatMap(containers.endUpTo(owner, gameId, upTo), (isEnded) =>
        isEnded ? containers.forget(owner, gameId, upTo) : Effect.void
      )
    )

  const list = reached((owner) =>
    Effect.map(containers.all(owner), (them) => them.flatMap((it) => Option.toArray(containers.listed(owner, it))))
  )

  /**
   * Removes containers of earlier incarnations, and buries those that have ended where `isOver` says that nobody will ask
   * how. Memorials are removed where `isOver` says so of them. Returns how many containers of the installation's name are
   * another platform's: they are left alone.
   */
  const tidy = (isOver: (id: string, isMemorial: boolean) => boolean) =>
    reached((owner) =>
      Effect.gen(function* () {
        const { own, strangers } = yield* containers.named(owner)
        for (const it of own) {
          const run = Option.getOrUndefined(runOf(owner, it.Labels))
          if (!isCurrent(owner, it.Labels)) {
            yield* Effect.logWarning(`removes the engine ${it.Id.slice(0, 12)} of an earlier incarnation`)
            yield* daemon.remove(it.Id)
          } else if (isMemorial(it.Labels)) {
            if (isOver(it.Id, true)) yield* daemon.remove(it.Id)
          } else if (run !== undefined && hasEnded(it.State) && isOver(it.Id, false)) {
            yield* containers.bury(owner, run, it.Id, it.ImageID)
          }
        }
        return strangers.length
      })
    )

  /** Runs that have ended by themselves, as far as that is still known. */
  const over = reached((owner) =>
    Effect.map(containers.all(owner), (them) =>
      them
        .filter((it) => hasEnded(it.State) && isCurrent(owner, it.Labels))
        .flatMap((it) => Option.toArray(Option.map(runOf(owner, it.Labels), (run) => ({ ...run, hostId }))))
    )
  )

  return { host, daemon, tidy, over, start, inspect, ended, stop, discard, list }
}

/** The engines of one daemon. */
export type DockerHost = ReturnType<typeof makeDockerHost>
