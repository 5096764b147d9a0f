/**
 * `PasswordHasher` by bcrypt, off the main thread.
 *
 * A password that was set without a backend is hashed by scrypt, and verified as that until it is set anew.
 *
 * Few hashes run at once: they share the thread pool with file access and name look-ups, which a burst of guesses must
 * not starve.
 */
import { hash, verify } from "@node-rs/bcrypt"
import { PasswordHasher } from "@galaxy/core/admin/PasswordHasher"
import { Effect, Layer, Redacted, Semaphore } from "effect"
import { isScrypt, verify as verifyScrypt } from "./scryptHash.ts"

/** Work factor and parallelism; 2^12 rounds and two hashes at a time by default. */
export interface BcryptOptions {
  /** Rounds as a power of two, 4 to 31. */
  readonly cost?: number
  /** Hashes at once. */
  readonly concurrency?: number
}

const defaults = { cost: 12, concurrency: 2 }

/** A password that is longer than bcrypt can take is a defect when hashed: it is never cut short. */
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
          turn.withPermit(
            isScrypt(known)
              ? verifyScrypt(password, known)
              : Effect.promise((signal) => verify(Redacted.value(password), known, { signal }))
          )
      })
    })
  )
