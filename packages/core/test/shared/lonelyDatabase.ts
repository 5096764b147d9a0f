/** A client whose only answer is that no other backend is at work: for loops whose passes a test brings itself. */
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"

const answers = Object.assign(() => Effect.succeed([{ mine: true }]), {
  withTransaction: <A>(work: A) => work
})

export const lonelyDatabase = Layer.succeed(SqlClient.SqlClient, answers as unknown as SqlClient.SqlClient)
