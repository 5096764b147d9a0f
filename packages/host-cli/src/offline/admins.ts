/** An administrator for an operator who can't sign in any more: made, or given a new password and enabled. */
import * as AdminAccounts from "@galaxy/core/admin/AdminAccounts"
import * as AuditLog from "@galaxy/core/audit/AuditLog"
import { Effect, Layer, type Redacted } from "effect"
import { Usage } from "../failures.ts"
import { hasher } from "./core.ts"
import { upToDate } from "./database.ts"
import { audited } from "./mutation.ts"

const services = Layer.merge(AdminAccounts.layer.pipe(Layer.provide(hasher)), AuditLog.layer)

const view = (name: string) =>
  Effect.gen(function* () {
    const accounts = yield* AdminAccounts.AdminAccounts
    const found = yield* Effect.option(Effect.catchTag(accounts.lock(name), "StorageError", Effect.die))
    if (found._tag === "None") return null
    return { username: name, enabled: found.value.disabled_at === undefined }
  })

/** Makes the administrator, or sets the password of one that there is and enables it. */
export const bootstrapAdmin = (name: string, password: Redacted.Redacted) =>
  Effect.gen(function* () {
    yield* upToDate
    const accounts = yield* AdminAccounts.AdminAccounts
    const refused = ({ problem }: AdminAccounts.AdminCredentialsUnusable) =>
      Effect.fail(new Usage({ message: `${problem.charAt(0).toUpperCase()}${problem.slice(1)}.` }))
    const hash = yield* Effect.catchTag(accounts.hash(password), "AdminCredentialsUnusable", refused)
    const work = Effect.gen(function* () {
      const there = yield* view(name)
      if (there === null) {
        yield* Effect.catchTag(accounts.create(name, hash), "AdminCredentialsUnusable", refused)
        return "created" as const
      }
      yield* accounts.setPassword(name, hash)
      yield* accounts.enable(name)
      return "password set" as const
    })
    const { result } = yield* audited(
      { action: "admin.bootstrap", target: { kind: "admin", id: name }, view: view(name) },
      work
    )
    return { username: name, done: result }
  }).pipe(Effect.provide(services))
