/** What is kept about a player: exported or erased without a server, by the server's own code. */
import { UserId } from "@galaxy/contract/ids/Ids"
import { Erasures } from "@galaxy/core/auth/Erasures"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { NoSuchTarget, Usage } from "../failures.ts"
import { withCore } from "./core.ts"
import { audited } from "./mutation.ts"
import { actorName } from "./Offline.ts"

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

interface Person {
  readonly user_id: string
  readonly user_name: string
  readonly deleted: boolean
  readonly erased: boolean
}

/** The account that a text means: a whole id, or `name:USERNAME`. */
export const personOf = Effect.fnUntraced(function* (text: string) {
  const sql = yield* SqlClient.SqlClient
  const name = /^name:(.+)$/s.exec(text)?.[1]
  if (name === undefined && !uuid.test(text)) {
    return yield* new Usage({ message: `"${text}" must be the player's whole id, or name:USERNAME.` })
  }
  const [found] = yield* sql<Person>`
    SELECT user_id, user_name, deleted_at IS NOT NULL AS deleted, erased_at IS NOT NULL AS erased
    FROM backend.accounts WHERE ${name === undefined ? sql`user_id = ${text}` : sql`user_name = ${name}`}`
  return found ?? (yield* new NoSuchTarget({ message: `There is no player ${text}.` }))
})

/** Everything that is kept about the person, but secrets. */
export const exportPerson = (person: Person) =>
  withCore(Effect.flatMap(Erasures, (it) => it.export(UserId.make(person.user_id))))

/** Deletes the account, where that wasn't done, and erases it at once. */
export const erasePerson = (person: Person) =>
  withCore(
    Effect.gen(function* () {
      const erasures = yield* Erasures
      const sql = yield* SqlClient.SqlClient
      const id = UserId.make(person.user_id)
      const view = Effect.map(
        sql<{ deleted: boolean; erased: boolean }>`
          SELECT deleted_at IS NOT NULL AS deleted, erased_at IS NOT NULL AS erased
          FROM backend.accounts WHERE user_id = ${id}`,
        ([row]) => (row === undefined ? null : { deleted: row.deleted, erased: row.erased })
      )
      const { result } = yield* audited(
        { action: "user.erase", target: { kind: "user", id }, view },
        erasures.eraseNow(id, { username: actorName() })
      )
      return { user_id: id, changed: result }
    })
  )
