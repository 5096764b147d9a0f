/** Slow, salted hashes of administrators' passwords; the host brings the implementation (bcrypt). */
import { Context, type Effect, type Redacted } from "effect"

export class PasswordHasher extends Context.Service<
  PasswordHasher,
  {
    hash(password: Redacted.Redacted): Effect.Effect<string>
    /** Costs the same whether or not the password is right. */
    verify(password: Redacted.Redacted, hash: string): Effect.Effect<boolean>
  }
>()("@galaxy/core/admin/PasswordHasher") {}
