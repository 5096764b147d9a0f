/** A new incarnation, for a dump that was restored into the cluster that it came from: nothing there shows that it was. */
import * as AuditLog from "@galaxy/core/audit/AuditLog"
import * as Incarnations from "@galaxy/core/incarnation/Incarnations"
import * as PushLog from "@galaxy/core/push/PushLog"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { upToDate } from "./database.ts"
import { audited } from "./mutation.ts"

const services = Layer.merge(Incarnations.layer.pipe(Layer.provide(PushLog.layer())), AuditLog.layer)

const view = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ incarnation: string }>`SELECT incarnation::text FROM backend.installation`
  return { incarnation: row?.incarnation ?? null }
})

/** Begins one; returns the one before and the one that has begun. */
export const newIncarnation = Effect.gen(function* () {
  yield* upToDate
  const { begin } = yield* Incarnations.Incarnations
  const work = Effect.gen(function* () {
    const before = yield* view
    yield* begin
    return { before: before.incarnation, incarnation: (yield* view).incarnation }
  })
  const target = { kind: "installation", id: "incarnation" }
  return (yield* audited({ action: "installation.new_incarnation", target, view }, work)).result
}).pipe(Effect.provide(services))
