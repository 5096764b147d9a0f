/**
 * Finds out which backends are lost, at every backend: one that is refused counts as lost at once, and one that is
 * silent for 4 seconds twice.
 *
 * The cluster's own check runs at one backend alone. If it is that one which is lost, only the heartbeat tells, which
 * takes longer. A shorter silence than this is a process that is busy: to move its games and back would cost more.
 *
 * One that reaches none of several others says nothing about them: it is itself that is cut off, or that others refuse.
 */
import { Clock, Effect, FiberMap, Layer, Result } from "effect"
import { type RunnerAddress, RunnerHealth, Runners, RunnerStorage } from "effect/cluster"

const silenceMs = 4_000
const everyMs = 2_000

/** How long those that are asked at the same time are waited for, and how often it is looked whether one has answered. */
const hearingMs = 1_000
const lookMs = 50

type Found = "answers" | "refused" | "silent"

/** Asks a backend, and a silent one twice. */
const ask = (runners: Runners.Runners["Service"], address: RunnerAddress.RunnerAddress, silence: number) => {
  const once = runners.ping(address).pipe(
    Effect.timeoutOption(silence),
    Effect.result,
    Effect.map(
      (answer): Found => (Result.isFailure(answer) ? "refused" : answer.success._tag === "None" ? "silent" : "answers")
    )
  )
  return Effect.flatMap(once, (found) => (found === "silent" ? once : Effect.succeed(found)))
}

const nameOf = ({ host, port }: RunnerAddress.RunnerAddress) => `${host}:${port}`

/** What this backend finds of the others; "unknown" where it reaches none of several. */
const judge = Effect.fnUntraced(function* (self: RunnerAddress.RunnerAddress, timeScale: number) {
  const runners = yield* Runners.Runners
  const storage = yield* RunnerStorage.RunnerStorage
  const answeredAt = new Map<string, number>()

  const healthy = Effect.map(storage.getRunners, (all) =>
    all.flatMap(([{ address }, isHealthy]) => (isHealthy ? [address] : []))
  )

  const verdict = Effect.fnUntraced(function* (
    address: RunnerAddress.RunnerAddress,
    known: ReadonlyArray<RunnerAddress.RunnerAddress>
  ): Effect.fn.Return<Found | "unknown"> {
    const name = nameOf(address)
    const others = known.map(nameOf).filter((it) => it !== name && it !== nameOf(self))
    const begun = yield* Clock.currentTimeMillis
    const found = yield* ask(runners, address, silenceMs * timeScale)
    if (found === "answers") {
      answeredAt.set(name, yield* Clock.currentTimeMillis)
      return found
    }
    answeredAt.delete(name)
    if (others.length === 0) return found
    for (let waited = 0; waited <= hearingMs; waited += lookMs) {
      if (others.some((it) => (answeredAt.get(it) ?? -1) >= begun)) return found
      yield* Effect.sleep(lookMs * timeScale)
    }
    return "unknown"
  })

  return { storage, healthy, verdict }
})

/** `RunnerHealth` for the cluster's own check. */
export const layerHealth = (
  self: RunnerAddress.RunnerAddress,
  timeScale: number
): Layer.Layer<RunnerHealth.RunnerHealth, never, Runners.Runners | RunnerStorage.RunnerStorage> =>
  Layer.effect(
    RunnerHealth.RunnerHealth,
    Effect.map(judge(self, timeScale), ({ healthy, verdict }) => ({
      isAlive: Effect.fnUntraced(function* (address: RunnerAddress.RunnerAddress) {
        const known = yield* Effect.orElseSucceed(healthy, () => [])
        const found = yield* verdict(address, known)
        // Of what isn't known nothing changes.
        return found === "answers" || (found === "unknown" && known.some((it) => nameOf(it) === nameOf(address)))
      })
    }))
  )

/** Checks all backends but the one at `self`, which must not judge itself, for as long as the layer lives. */
export const layer = (
  self: RunnerAddress.RunnerAddress,
  timeScale: number
): Layer.Layer<never, never, Runners.Runners | RunnerStorage.RunnerStorage> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const { healthy, storage, verdict } = yield* judge(self, timeScale)
      const checks = yield* FiberMap.make<string>()

      const check = Effect.fnUntraced(function* (
        address: RunnerAddress.RunnerAddress,
        known: ReadonlyArray<RunnerAddress.RunnerAddress>
      ) {
        const found = yield* verdict(address, known)
        if (found === "answers" || found === "unknown") return
        // Without a healthy one the cluster would wait for ever.
        if ((yield* healthy).length <= 1) return
        yield* storage.setRunnerHealth(address, false)
        yield* Effect.logWarning("another backend is lost; its games move").pipe(
          Effect.annotateLogs({ backend: nameOf(address), reason: found })
        )
      })

      const look = Effect.gen(function* () {
        const known = yield* healthy
        yield* Effect.forEach(
          known.filter((it) => nameOf(it) !== nameOf(self)),
          (address) =>
            FiberMap.run(checks, nameOf(address), Effect.ignore(check(address, known)), { onlyIfMissing: true }),
          { discard: true }
        )
      })
      yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.ignore(look), Effect.sleep(everyMs * timeScale))))
    })
  )
