/**
 * The containers of one platform on one daemon: which game and which run each of them is, and how one ends. Those of another
 * platform that has the same installation name are found, and left alone.
 *
 * Where a run was ended on purpose, or has long been over, a container that is never started takes its place, so that the
 * daemon still knows which epochs are over.
 */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Effect, Option } from "effect"
import type { Inspected, Listed } from "./answers.ts"
import { enginePort, memorialOptions } from "./containerOptions.ts"
import type { DockerDaemon } from "./DockerDaemon.ts"
import type { DockerError } from "./DockerError.ts"
import type { DockerHostSettings } from "./DockerSettings.ts"
import { endpointOf, publishedPort } from "./endpointOf.ts"
import { type ContainerEnd, howItEnded } from "./howItEnded.ts"
import {
  gameLabels,
  installationLabels,
  isCurrent,
  isMemorial,
  isOwn,
  nameOf,
  type Owner,
  type Run,
  runOf
} from "./labels.ts"
import type { EngineInstance } from "@galaxy/core/engine/EngineHost"

/** A game's container. */
export interface GameContainer {
  readonly found: Inspected
  /** Made under the present incarnation. */
  readonly isCurrent: boolean
  /** Its run is over, and it is there to say so. */
  readonly isMemorial: boolean
  /** Absent where it isn't this platform's. */
  readonly run: Run | undefined
}

/** Lines of a log that are read for the reason of an end: a dump of V8 has some sixty. */
const logTail = 100

/** Rounds of an end that meets containers of others. */
const mostRounds = 20

const pause = "100 millis"

/** Whether a container of this state ran and runs no more. */
export const hasEnded = (status: string): boolean => status === "exited" || status === "dead"

/** Looks at the containers of games, and ends them. `graceSeconds`: how long an engine may take to end by itself. */
export const gameContainers = (daemon: DockerDaemon, host: DockerHostSettings, graceSeconds: number) => {
  const hostId = host.name

  const instanceOf = (run: Run, instanceId: string, imageId: string, endpoint: URL): EngineInstance => ({
    gameId: run.gameId,
    hostId,
    epoch: run.epoch,
    instanceId,
    imageId,
    endpoint
  })

  /** The instance, as long as it runs. */
  const instance = (owner: Owner, run: Run, found: Inspected): Option.Option<EngineInstance> =>
    found.State.Status !== "running"
      ? Option.none()
      : Option.map(
          endpointOf(host, {
            name: nameOf(owner.installation, run.gameId),
            networks: found.NetworkSettings.Networks,
            published: publishedPort(found.NetworkSettings.Ports)
          }),
          (endpoint) => instanceOf(run, found.Id, found.Image, endpoint)
        )

  const listed = (owner: Owner, found: Listed): Option.Option<EngineInstance> =>
    found.State !== "running" || !isCurrent(owner, found.Labels)
      ? Option.none()
      : Option.flatMap(runOf(owner, found.Labels), (run) =>
          Option.map(
            endpointOf(host, {
              name: nameOf(owner.installation, run.gameId),
              networks: found.NetworkSettings?.Networks,
              published: found.Ports.find((it) => it.PrivatePort === enginePort && it.PublicPort !== undefined)
                ?.PublicPort
            }),
            (endpoint) => instanceOf(run, found.Id, found.ImageID, endpoint)
          )
        )

  /** All of the installation's name: this platform's own, and those of others that should have another name. */
  const named = (owner: Owner) =>
    Effect.map(daemon.list(installationLabels(owner.installation)), (them) => ({
      own: them.filter((it) => isOwn(owner, it.Labels)),
      strangers: them.filter((it) => !isOwn(owner, it.Labels))
    }))

  const all = (owner: Owner) => Effect.map(named(owner), ({ own }) => own)

  /** The game's container, if there is one. */
  const lookUp = (owner: Owner, gameId: GameId): Effect.Effect<Option.Option<GameContainer>, DockerError> =>
    Effect.map(
      daemon.inspect(nameOf(owner.installation, gameId)),
      Option.map((found) => ({
        found,
        isCurrent: isCurrent(owner, found.Config.Labels),
        isMemorial: isMemorial(found.Config.Labels),
        run: isOwn(owner, found.Config.Labels) ? Option.getOrUndefined(runOf(owner, found.Config.Labels)) : undefined
      }))
    )

  /** The container of this very run, if it is there, also as a memorial. */
  const ofRun = (owner: Owner, run: Run) =>
    Effect.map(
      lookUp(owner, run.gameId),
      Option.filter((it) => it.isCurrent && it.run?.epoch === run.epoch)
    )

  /** How a container has ended. `memoryMb` is what it could use, where that is known. */
  const endOf = (found: Inspected, memoryMb?: number): Effect.Effect<ContainerEnd, DockerError> =>
    Effect.map(
      // What is about to be removed has no log any more.
      Effect.catchTag(daemon.logs(found.Id, logTail), "DockerRefused", () => Effect.succeed([])),
      (lines) => howItEnded(found.State, lines, memoryMb)
    )

  /** Removes a container and leaves a memorial of its run; whoever was faster has the name. */
  const bury = (owner: Owner, run: Run, id: string, image: string): Effect.Effect<void, DockerError> =>
    Effect.andThen(
      daemon.remove(id),
      Effect.catchTag(
        daemon.create(nameOf(owner.installation, run.gameId), memorialOptions(owner, run, image)),
        "DockerRefused",
        // 404: without its image nobody can start the run again either.
        (error) => (error.status === 409 || error.status === 404 ? Effect.void : Effect.fail(error))
      )
    )

  /** Ends the game's engine up to an epoch. False where a later one, or a stranger, has the name. */
  const endUpTo = (owner: Owner, gameId: GameId, upTo: number): Effect.Effect<boolean, DockerError> =>
    Effect.gen(function* () {
      for (let round = 0; round < mostRounds; round++) {
        // The second look usually finds the memorial.
        if (round > 1) yield* Effect.sleep(pause)
        const there = yield* lookUp(owner, gameId)
        if (Option.isNone(there)) return true
        const { found, run, ...it } = there.value
        if (run === undefined || (it.isCurrent && run.epoch > upTo)) return false
        if (it.isMemorial && it.isCurrent) return true
        yield* daemon.stop(found.Id, graceSeconds)
        if (it.isCurrent) yield* bury(owner, run, found.Id, found.Image)
        else yield* daemon.remove(found.Id)
      }
      return false
    })

  /** Removes what the host keeps of the game, once its engine was ended. */
  const forget = (owner: Owner, gameId: GameId, upTo: number): Effect.Effect<void, DockerError> =>
    Effect.gen(function* () {
      const there = yield* lookUp(owner, gameId)
      if (Option.isSome(there)) {
        const { found, run, ...it } = there.value
        if (!it.isMemorial || run === undefined || run.epoch > upTo) return
        yield* daemon.remove(found.Id)
      }
      const volumes = yield* daemon.volumes(gameLabels(owner.installation, gameId))
      // One that is in use belongs to a run that has begun in the meantime.
      const removed = (name: string) =>
        Effect.catchTag(daemon.removeVolume(name), "DockerRefused", (error) =>
          error.status === 409 ? Effect.void : Effect.fail(error)
        )
      yield* Effect.forEach(volumes, removed, { discard: true })
    })

  return { daemon, host, instance, listed, named, all, lookUp, ofRun, endOf, bury, endUpTo, forget }
}

/** The containers of one platform on one daemon. */
export type GameContainers = ReturnType<typeof gameContainers>
