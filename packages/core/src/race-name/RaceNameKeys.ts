/**
 * Makes stored keys anew when the table of look-alikes has changed, before anybody reads the directory.
 *
 * Where two names that were different now share a key, the older holder has it. The other entry stays under a key of
 * its own, which no name can have: its owner goes on playing under the name, but nobody is kept from it any more.
 */
import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { StorageError } from "../shared/StorageError.ts"
import { keyOf, keyVersion } from "./RaceName.ts"

/** Which keys are made. */
export interface KeyTable {
  readonly version: number
  readonly keyOf: (name: string) => string
  /** Most entries of one transaction. */
  readonly batch: number
}

const Row = Schema.Struct({
  race_name_id: Schema.String,
  name: Schema.String,
  canonical: Schema.String,
  status: Schema.Literals(["registered", "reservation", "pending_registration"]),
  owner_user_id: Schema.String,
  game_id: Schema.NullOr(Schema.String)
})
type Row = typeof Row.Type

/** No name has a key with this sign, since keys consist of letters and digits. */
const ownKey = (id: string) => `!${id}`

/** Whether two entries can't both have one key. */
const clash = (one: Row, other: Row): boolean => {
  if (one.status === "reservation" || other.status === "reservation") {
    return one.status === other.status && one.game_id === other.game_id
  }
  return one.owner_user_id !== other.owner_user_id || (one.status === "registered" && other.status === "registered")
}

/** Gives one batch of entries their new keys, oldest first, in one transaction. Returns how many there were. */
const step = ({ version, keyOf, batch }: KeyTable) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const decode = Schema.decodeUnknownEffect(Schema.Array(Row))
    const columns = sql.literal("race_name_id, name, canonical, status, owner_user_id, game_id")
    const rows = yield* Effect.flatMap(
      sql`
        SELECT ${columns} FROM backend.race_names WHERE key_version < ${version}
        ORDER BY created_at, race_name_id LIMIT ${batch} FOR UPDATE`,
      decode
    )
    if (rows.length === 0) return 0
    const keys = new Map(rows.map((it) => [it.race_name_id, keyOf(it.name)]))
    const wanted = [...new Set(keys.values())]
    // Old keys make way first, those of later batches too: they may be the new keys of other entries.
    yield* sql`
      UPDATE backend.race_names SET canonical = '!' || race_name_id
      WHERE ${sql.in("race_name_id", [...keys.keys()])} OR (key_version < ${version} AND ${sql.in("canonical", wanted)})`
    const holders = yield* Effect.flatMap(
      sql`SELECT ${columns} FROM backend.race_names WHERE key_version >= ${version} AND ${sql.in("canonical", wanted)}`,
      decode
    )
    const held = new Map<string, Array<Row>>()
    for (const it of holders) held.set(it.canonical, [...(held.get(it.canonical) ?? []), it])
    const changes = rows.map((row) => {
      const key = keys.get(row.race_name_id) ?? ""
      const others = held.get(key) ?? []
      const free = !others.some((it) => clash(it, row))
      if (free) held.set(key, [...others, row])
      return { id: row.race_name_id, status: row.status, key: free ? key : ownKey(row.race_name_id), free }
    })
    yield* sql`
      UPDATE backend.race_names r SET canonical = n.key, key_version = ${version}
      FROM jsonb_to_recordset(${JSON.stringify(changes)}::text::jsonb) AS n(id uuid, key text)
      WHERE r.race_name_id = n.id`
    yield* sql`
      UPDATE backend.memberships m SET race_name_canonical = r.canonical
      FROM backend.race_names r
      WHERE ${sql.in("r.race_name_id", [...keys.keys()])} AND r.status = 'reservation'
        AND m.game_id = r.game_id AND m.user_id = r.owner_user_id AND m.status = 'active'`
    for (const { id, status } of changes.filter((it) => !it.free)) {
      yield* Effect.logWarning("a race name looks like an older one and lost its key").pipe(
        Effect.annotateLogs({ race_name_id: id, status })
      )
    }
    return rows.length
  })

/** Gives all entries of earlier versions their new keys, batch by batch. What was done stays done if it is cut off. */
export const rekey = (table: KeyTable): Effect.Effect<void, StorageError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    while ((yield* sql.withTransaction(step(table))) > 0);
  }).pipe(StorageError.refail, Effect.withSpan("RaceNameKeys.rekey"))

/** Brings the stored keys up to date when it is built. One statement if they are. */
export const layer: Layer.Layer<never, StorageError, SqlClient.SqlClient> = Layer.effectDiscard(
  rekey({ version: keyVersion, keyOf, batch: 500 })
)
