/** How long scenarios wait: for conditions, and never longer than a busy machine may take. */
import { Data, Effect, Option, Schedule } from "effect"

/** Longest wait for anything. */
export const patience = "120 seconds"

/** A condition that didn't come true in time. */
export class NotInTime extends Data.TaggedError("NotInTime")<{ readonly message: string }> {}

/** Asks again and again until there is an answer; failures of the question are passed on. `what` names what is awaited. */
export const until = <A, E, R>(
  what: string,
  question: Effect.Effect<Option.Option<A>, E, R>
): Effect.Effect<A, E | NotInTime, R> =>
  question.pipe(
    Effect.repeat({ until: Option.isSome, schedule: Schedule.spaced("50 millis") }),
    Effect.flatMap((found) =>
      Option.isSome(found) ? Effect.succeed(found.value) : Effect.fail(new NotInTime({ message: what }))
    ),
    Effect.timeoutOrElse({
      duration: patience,
      orElse: () => Effect.fail(new NotInTime({ message: `waited ${patience} for ${what}` }))
    })
  )

/** Waits until the answer fits. */
export const untilIt = <A, E, R>(what: string, question: Effect.Effect<A, E, R>, fits: (answer: A) => boolean) =>
  until(
    what,
    Effect.map(question, (answer) => Option.liftPredicate(answer, fits))
  )
