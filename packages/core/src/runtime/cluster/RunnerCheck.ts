/**
 * Finds out which backends are lost, at every backend: one that is refused counts as lost at once, and one that is
 * silent for 4 seconds twice.
 *
 * The cluster's own check runs at one backend alone. If it is that one which is lost, only the heartbeat tells, which
 * takes longer. A shorter silence than this is a process that is busy: to move its games and back would cost more.
 */
import { Clock, Effect, FiberMap, Layer, Result } from "effect"
import { type RunnerAddress, RunnerHealth, Runners, RunnerStorage } from "effect/cluster"

const silenceMs = 4_000
const everyMs = 2_000

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

/** `RunnerHealth` for the cluster's own check. */
export const layerHealth = (timeScale: number): Layer.Layer<RunnerHealth.RunnerHealth, never, Runners.Runners> =>
  Layer.effect(
    RunnerHealth.RunnerHealth,
    Effect.map(Runners.Runners, (runners) => ({
      isAlive: (address) => Effect.map(ask(runners, address, silenceMs * timeScale), (found) => found === "answers")
    }))
  )

const nameOf = ({ host, port }: RunnerAddress.RunnerAddress) => `${host}:${port}`

/** Checks all backends but the one at `self`, which must not judge itself, for as long as the layer lives. */
export const layer = (
  self: RunnerAddress.RunnerAddress,
  timeScale: number
): Layer.Layer<never, never, Runners.Runners | RunnerStorage.RunnerStorage> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const runners = yield* Runners.Runners
      const storage = yield* RunnerStorage.RunnerStorage
      const checks = yield* FiberMap.make<string>()
      const answeredAt = new Map<string, number>()

      const check = Effect.fnUntraced(function* (address: RunnerAddress.RunnerAddress, others: ReadonlyArray<string>) {
        const name = nameOf(address)
        const begun = yield* Clock.currentTimeMillis
        const found = yield* ask(runners, address, silenceMs * timeScale)
        if (found === "answers") {
          answeredAt.set(name, yield* Clock.currentTimeMillis)
          return
        }
        // If none of several answers, it is this backend that is cut off: it has nothing to say about them.
        const heard = others.some((it) => it !== name && (answeredAt.get(it) ?? 0) >= begun)
        if (found === "silent" && others.length > 1 && !heard) return
        yield* storage.setRunnerHealth(address, false)
        yield* Effect.logWarning("another backend is lost; its games move").pipe(
          Effect.annotateLogs({ backend: name, reason: found })
        )
      })

      const look = Effect.gen(function* () {
        const all = yield* storage.getRunners
        const others = all.flatMap(([{ address }, healthy]) =>
          healthy && nameOf(address) !== nameOf(self) ? [address] : []
        )
        const names = others.map(nameOf)
        for (const name of answeredAt.keys()) if (!names.includes(name)) answeredAt.delete(name)
        yield* Effect.forEach(
          others,
          (address) =>
            FiberMap.run(checks, nameOf(address), Effect.ignore(check(address, names)), { onlyIfMissing: true }),
          { discard: true }
        )
      })
      yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.ignore(look), Effect.sleep(everyMs * timeScale))))
    })
  )
