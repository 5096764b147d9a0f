/**
 * Which backends count as healthy, as the database has it at the moment: a call to one that no longer does is given up,
 * so that it can be sent to whoever owns its game next.
 *
 * Over HTTP nothing else ends such a call: the connection to a frozen process stays open.
 */
import { Context, Effect, Layer } from "effect"
import { type RunnerAddress, RunnerStorage } from "effect/cluster"

/** How often the database is asked, and how often a call that waits looks at what it said. */
const usualMs = 1_000

/** Tells when a backend has been lost. */
export class RunnerWatch extends Context.Service<
  RunnerWatch,
  {
    /** Waits until the database no longer has the backend as a healthy one; for ever if it stays. */
    readonly lost: (address: RunnerAddress.RunnerAddress) => Effect.Effect<void>
  }
>()("@galaxy/core/runtime/cluster/RunnerWatch") {}

const nameOf = ({ host, port }: RunnerAddress.RunnerAddress) => `${host}:${port}`

/** Looks as long as the layer lives. While the database doesn't answer, nobody is lost. */
export const layer = (timeScale: number): Layer.Layer<RunnerWatch, never, RunnerStorage.RunnerStorage> =>
  Layer.effect(
    RunnerWatch,
    Effect.gen(function* () {
      const everyMs = usualMs * timeScale
      const storage = yield* RunnerStorage.RunnerStorage
      let healthy: ReadonlySet<string> = new Set()
      let looks = 0

      const look = Effect.map(storage.getRunners, (runners) => {
        healthy = new Set(runners.flatMap(([runner, isHealthy]) => (isHealthy ? [nameOf(runner.address)] : [])))
        looks++
      })
      yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.ignore(look), Effect.sleep(everyMs))))

      const lost = (address: RunnerAddress.RunnerAddress) => {
        const name = nameOf(address)
        return Effect.suspend(() => {
          // Only a look that began after the call did knows of a backend that had joined by then.
          const since = looks + 1
          const wait: Effect.Effect<void> = Effect.suspend(() =>
            looks > since && !healthy.has(name) ? Effect.void : Effect.andThen(Effect.sleep(everyMs), wait)
          )
          return wait
        })
      }
      return RunnerWatch.of({ lost })
    })
  )
