/** Faults of a test's platform. Each lasts until it is undone: at the end of the block where it stands after `using`. */
import type { Effect } from "effect"
import type { DatabaseFault } from "./internal/databases.ts"
import type { EngineFault } from "./internal/FaultyEngines.ts"
import type { GameRef } from "./internal/games.ts"
import type { MailFault } from "./internal/Postbox.ts"

export type { DatabaseFault, EngineFault, MailFault }

/** A fault that is in force. It can be undone several times, which does nothing more. */
export interface Fault extends Disposable, AsyncDisposable {
  /** Resolves once the fault is over. */
  undo(): Promise<void>
}

/** The faults that a platform can have. They can be combined. */
export interface Faults {
  /** How the mail relay treats mails. */
  mail(fault: MailFault): Promise<Fault>
  /** What becomes of the connection between the backend and its database. */
  database(fault: DatabaseFault): Promise<Fault>
  /** What the engine of one game does. */
  engine(game: GameRef, fault: EngineFault): Promise<Fault>
  /** Redis can't be reached. Needs a platform that was started with `redis`. */
  redis(): Promise<Fault>
  /** The gateway can't follow the backend's events. */
  push(fault: "drop"): Promise<Fault>
}

/** A fault that `undo` ends, once. `ended` is told when that has begun, with the promise of its end. */
export const fault = (
  undo: Effect.Effect<void>,
  run: (effect: Effect.Effect<void>) => Promise<void>,
  ended: (done: Promise<void>) => void
): Fault => {
  let done: Promise<void> | undefined
  const end = () => {
    if (done === undefined) {
      done = run(undo)
      ended(done)
    }
    return done
  }
  return {
    undo: end,
    [Symbol.dispose]: () => void end(),
    [Symbol.asyncDispose]: end
  }
}
