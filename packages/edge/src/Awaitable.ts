/**
 * What the hot path is made of: plain functions that return their result now or later, with refusals as values.
 *
 * A stage that needs no waiting costs a call and nothing else. What fails as foreseen is an `Error` that is returned; what is
 * thrown is a defect, or the reason why a call was given up.
 */
import { Cause, type Context, Effect, Exit } from "effect"

/** A value, or the promise of one. */
export type Awaitable<A> = A | Promise<A>

/** Whether it has to be waited for. */
export const isPromise = <A>(value: Awaitable<A>): value is Promise<A> =>
  typeof value === "object" && value !== null && "then" in value

/** The rest of a computation: at once where the value is there, otherwise when it comes. */
export const andThen = <A, B>(value: Awaitable<A>, next: (value: A) => Awaitable<B>): Awaitable<B> =>
  isPromise(value) ? value.then(next) : next(value)

/**
 * The effect of a plain function: it fails with the error that the function returns. Interruption aborts the signal and
 * doesn't wait for the function.
 */
export const toEffect = <A>(
  run: (signal: AbortSignal) => Awaitable<A>
): Effect.Effect<Exclude<A, Error>, Extract<A, Error>> =>
  Effect.flatMap(
    Effect.promise(async (signal) => run(signal)),
    (outcome) =>
      outcome instanceof Error
        ? Effect.fail(outcome as Extract<A, Error>)
        : Effect.succeed(outcome as Exclude<A, Error>)
  )

/** Runs an effect for a plain function: resolves with its result or its failure, and rejects with a defect. */
export type Run = <A, E extends Error>(effect: Effect.Effect<A, E>, signal?: AbortSignal) => Promise<A | E>

/**
 * Runs effects in this context. One that is interrupted by its signal rejects with the signal's reason.
 */
export const runIn = (context: Context.Context<never>): Run => {
  const run = Effect.runPromiseExitWith(context)
  return async (effect, signal) => {
    const exit = await run(effect, signal === undefined ? undefined : { signal })
    if (Exit.isSuccess(exit)) return exit.value
    const failure = exit.cause.reasons.find(Cause.isFailReason)
    if (failure !== undefined) return failure.error
    if (!Cause.hasDies(exit.cause)) signal?.throwIfAborted()
    throw Cause.squash(exit.cause)
  }
}
