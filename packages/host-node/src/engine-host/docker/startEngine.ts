/**
 * Starts the engine of a game on one daemon: looks at what has the game's name, and takes one step, until the run that is
 * asked for listens, or it is known that it never will.
 *
 * Whoever meets others on the way looks again. Containers are removed by their id: what another caller has just created
 * under the same name stays.
 */
import { Effect, Option } from "effect"
import { containerOptions } from "./containerOptions.ts"
import type { DockerError, DockerRefused } from "./DockerError.ts"
import { type DockerHostOptions, memoryFor } from "./DockerSettings.ts"
import { ensureNetwork } from "./EngineNetwork.ts"
import { type GameContainers, hasEnded } from "./GameContainers.ts"
import { nameOf, type Owner, runOf } from "./labels.ts"
import { listens } from "./listens.ts"
import {
  EngineGone,
  type EngineInstance,
  type EngineSpec,
  EngineStale,
  EngineStartFailed
} from "@galaxy/core/engine/EngineHost"

/** Rounds of a start that meets containers of others. */
const mostRounds = 50

/** Looks at a container that ended by a signal: somebody with a higher epoch may be about to remove it. */
const mostSignalled = 20

const pause = "100 millis"

const failed = (reason: string, permanent = false) => new EngineStartFailed({ reason, permanent })

/** What a daemon refuses. A program that can't be run is the image's fault; everything else may be the host's. */
export const refusal = (hostId: string, { message }: DockerRefused): EngineStartFailed =>
  /OCI runtime create failed|failed to create shim/.test(message)
    ? new EngineStartFailed({ reason: `the image can't be run: ${message}`, permanent: true, imageMissing: true })
    : failed(`the host ${hostId}: ${message}`)

type Step = Effect.Effect<Option.Option<EngineInstance>, DockerError | EngineStartFailed | EngineStale | EngineGone>

/** The start of one run, on the image of this id. */
export const startEngine = (
  containers: GameContainers,
  options: Pick<DockerHostOptions, "limits" | "startTimeout">,
  owner: Owner,
  spec: EngineSpec,
  imageId: string
): Effect.Effect<EngineInstance, DockerError | EngineStartFailed | EngineStale | EngineGone> => {
  const { daemon, host } = containers
  const hostId = host.name
  const name = nameOf(owner.installation, spec.gameId)
  let signalled = 0

  const over = (id: string, exitCode: number, isOutOfMemory: boolean): Step =>
    Effect.gen(function* () {
      const isSignalled = [0, 143, 137].includes(exitCode) && !isOutOfMemory
      if (isSignalled && ++signalled < mostSignalled) return Option.none()
      const found = yield* daemon.inspect(id)
      if (Option.isNone(found)) return Option.none()
      if (exitCode === 0 || exitCode === 143) return yield* new EngineGone()
      const { imageMissing, permanent, reason } = yield* containers.endOf(
        found.value,
        memoryFor(options.limits, spec.players)
      )
      return yield* new EngineStartFailed({ reason, permanent, ...(imageMissing ? { imageMissing } : {}) })
    })

  /** Waits until the engine listens, or its container is something else. */
  const listening = (id: string): Step =>
    Effect.gen(function* () {
      for (;;) {
        const found = yield* daemon.inspect(id)
        if (Option.isNone(found)) return Option.none()
        const { ExitCode, OOMKilled, Status } = found.value.State
        if (hasEnded(Status)) return yield* over(id, ExitCode, OOMKilled)
        const instance = containers.instance(owner, spec, found.value)
        if (Option.isSome(instance) && (yield* listens(instance.value.endpoint))) return instance
        yield* Effect.sleep(pause)
      }
    })

  const network = Effect.gen(function* () {
    const trouble = yield* ensureNetwork(daemon, host, owner.installation)
    if (trouble !== undefined) return yield* failed(`the host ${hostId}: ${trouble}`)
  })

  /** Somebody else has made the network at the same moment, which makes two of them for now. */
  const unlessAmbiguous = (error: DockerRefused): Step =>
    /is ambiguous/.test(error.message) ? Effect.as(network, Option.none()) : Effect.fail(refusal(hostId, error))

  const begin = (id: string): Step =>
    Effect.gen(function* () {
      const started = yield* Effect.result(daemon.start(id))
      if (started._tag === "Success") return yield* listening(id)
      const error = started.failure
      if (error._tag === "DockerUnavailable") return yield* error
      // Removed in the meantime, or about to be.
      if (error.status === 404 || error.status === 409) return Option.none()
      // What has failed to start is left behind as created, and would fail again.
      yield* daemon.remove(id)
      if (/address already in use|port is already allocated/.test(error.message)) return Option.none()
      return yield* unlessAmbiguous(error)
    })

  const create: Step = Effect.gen(function* () {
    // An engine that is brought its state has none on this host; an earlier run may have left some.
    if (spec.fresh) yield* daemon.removeVolume(name)
    return yield* begin(yield* daemon.create(name, containerOptions(owner, host, options.limits, spec, imageId)))
  }).pipe(
    Effect.catchTag("DockerRefused", (error) =>
      error.status === 409 ? Effect.succeed(Option.none()) : unlessAmbiguous(error)
    )
  )

  const round: Step = Effect.gen(function* () {
    const there = yield* containers.lookUp(owner, spec.gameId)
    if (Option.isNone(there)) return yield* create
    const { found, isCurrent, isMemorial, run } = there.value
    if (run === undefined) return yield* failed(`on the host ${hostId} the container ${name} isn't this platform's`)
    if (!isCurrent || run.epoch < spec.epoch) {
      // Nothing that it says counts any more, so it gets no time to end.
      yield* daemon.remove(found.Id)
      return Option.none()
    }
    if (run.epoch > spec.epoch) return yield* new EngineStale({ epoch: run.epoch })
    if (isMemorial) return yield* new EngineGone()
    const { ExitCode, OOMKilled, Status } = found.State
    if (Status === "created") return yield* begin(found.Id)
    if (Status === "running") return yield* listening(found.Id)
    if (Status === "removing") return Option.none()
    if (Status !== "exited" && Status !== "dead") return yield* failed(`the engine is ${Status} on the host ${hostId}`)
    return signalled > 0 ? yield* over(found.Id, ExitCode, OOMKilled) : yield* gone(found.Id, ExitCode, OOMKilled)
  })

  /** A run that was over when it was first seen. It may have been ended a moment ago, for the sake of a higher epoch. */
  const gone = (id: string, exitCode: number, isOutOfMemory: boolean): Step =>
    Effect.catchTag(over(id, exitCode, isOutOfMemory), "EngineStartFailed", () => Effect.fail(new EngineGone()))

  const room = Effect.gen(function* () {
    const others = (yield* containers.all(owner)).filter(
      (it) => it.State === "running" && Option.getOrUndefined(runOf(owner, it.Labels))?.gameId !== spec.gameId
    )
    if (others.length < host.most) return
    const reason = `${host.most} engines run on the host ${hostId}, which is the limit`
    return yield* new EngineStartFailed({ reason, permanent: false, noRoom: true })
  })

  return Effect.gen(function* () {
    yield* network
    yield* room
    for (let attempt = 0; attempt < mostRounds; attempt++) {
      const done = yield* round
      if (Option.isSome(done)) return done.value
      yield* Effect.sleep(pause)
    }
    return yield* failed(`the container of the game changes all the time on the host ${hostId}`)
  }).pipe(
    Effect.timeoutOrElse({
      duration: options.startTimeout,
      orElse: () => Effect.fail(failed(`the engine didn't listen in time on the host ${hostId}`))
    })
  )
}
