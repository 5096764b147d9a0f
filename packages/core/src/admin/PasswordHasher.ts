/** Slow, salted hashes of administrators' passwords; the host brings the implementation (bcrypt). */
import { Context, Effect, Layer, type Redacted } from "effect"

/** Port to a slow hash. The text of a hash includes its salt and cost, so `verify` needs nothing else. */
export class PasswordHasher extends Context.Service<
  PasswordHasher,
  {
    hash(password: Redacted.Redacted): Effect.Effect<string>
    /** Costs the same whether or not the password is right. */
    verify(password: Redacted.Redacted, hash: string): Effect.Effect<boolean>
  }
>()("@galaxy/core/admin/PasswordHasher") {}

/** For programs without administrators: nobody can sign in as one, and making one is a defect that says why. */
export const layerNone: Layer.Layer<PasswordHasher> = Layer.succeed(PasswordHasher, {
  hash: () => Effect.die(new Error("this program has no PasswordHasher, so it can't create administrators")),
  verify: () =>
    Effect.as(Effect.logWarning("an administrator can't be verified: this program has no PasswordHasher"), false)
})
