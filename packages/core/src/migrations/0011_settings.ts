/** What players set about themselves: mails that they don't want, and labels of their devices. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const statements = [
  `ALTER TABLE backend.accounts ADD COLUMN mail_kinds_off text[] NOT NULL DEFAULT '{}'`,
  `ALTER TABLE backend.device_sessions ADD COLUMN device_label text`
]

/** Every mail stays switched on, and existing sessions have no label. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
