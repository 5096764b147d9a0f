/**
 * One run of an effect for everybody who asks at about the same time, so that asking often costs no more than asking
 * once.
 */
import { Deferred, Effect, type Scope } from "effect"
import { monotonicMillis } from "./monotonicMillis.ts"

interface Run<A, E> {
  endedAt: number | undefined
  readonly result: Deferred.Deferred<A, E>
}

/**
 * At most one run at a time; its result is returned to all who ask until `keepMs` after its end. A run belongs to the
 * scope, not to whoever asked first. The effect must end by itself.
 */
export const sharedFor = <A, E>(
  effect: Effect.Effect<A, E>,
  keepMs: number
): Effect.Effect<Effect.Effect<A, E>, never, Scope.Scope> =>
  Effect.map(Effect.scope, (scope) => {
    let latest: Run<A, E> | undefined
    const current = Effect.uninterruptible(
      Effect.gen(function* () {
        const now = yield* monotonicMillis
        if (latest !== undefined && (latest.endedAt === undefined || now - latest.endedAt < keepMs)) return latest
        const run: Run<A, E> = { endedAt: undefined, result: Deferred.makeUnsafe() }
        latest = run
        const finish = Effect.onExit(Effect.interruptible(effect), (exit) =>
          Effect.flatMap(monotonicMillis, (ended) => {
            run.endedAt = ended
            return Deferred.done(run.result, exit)
          })
        )
        yield* Effect.forkIn(finish, scope)
        return run
      })
    )
    return Effect.flatMap(current, ({ result }) => Deferred.await(result))
  })
