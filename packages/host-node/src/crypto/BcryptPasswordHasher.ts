/**
 * `PasswordHasher` by bcrypt, off the main thread.
 *
 * Few hashes run at once: they share the thread pool with file and name look-ups, which a burst of guesses mustn't starve.
 */
import { hash, verify } from "@node-rs/bcrypt"
import { PasswordHasher } from "@galaxy/core/admin/PasswordHasher"
import { Effect, Layer, Redacted, Semaphore } from "effect"

export interface BcryptOptions {
  /** Rounds as a power of two, 4 to 31. */
  readonly cost?: number
  /** Hashes at once. */
  readonly concurrency?: number
}

const defaults = { cost: 12, concurrency: 2 }

export const layer = (options: BcryptOptions = {}): Layer.Layer<PasswordHasher> =>
  Layer.effect(
    PasswordHasher,
    Effect.gen(function* () {
      const { cost, concurrency } = { ...defaults, ...options }
      const turn = yield* Semaphore.make(concurrency)
      return PasswordHasher.of({
        hash: (password) =>
          turn.withPermit(
            Effect.promise((signal) => hash(Redacted.value(password), { cost, rejectLongPasswords: true, signal }))
          ),
        verify: (password, known) =>
          turn.withPermit(Effect.promise((signal) => verify(Redacted.value(password), known, { signal })))
      })
    })
  )
