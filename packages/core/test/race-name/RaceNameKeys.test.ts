/** Stored keys are made anew when the table of look-alikes has changed. */
import { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { rekey } from "@galaxy/core/race-name/RaceNameKeys"
import { newId } from "@galaxy/core/shared/NewId"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

type Status = "registered" | "reservation" | "pending_registration"

const user = Effect.map(newId, (id) => UserId.make(id))
const game = Effect.map(newId, (id) => GameId.make(id))
let seconds = 0

/** An entry of the first version, younger than all before it. */
const entry = (name: string, status: Status, owner: UserId, gameId: GameId | null = null) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const id = yield* newId
    yield* sql`
      INSERT INTO backend.race_names
        (race_name_id, name, canonical, status, owner_user_id, game_id, expires_at, registered_at, created_at)
      VALUES (${id}, ${name}, ${name}, ${status}, ${owner}, ${gameId},
        ${status === "pending_registration" ? new Date(1e12) : null}, ${status === "registered" ? new Date(0) : null},
        ${new Date(++seconds * 1000)})`
    return id
  })

const keyOfEntry = (id: string) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const [row] = yield* sql<{ canonical: string; key_version: number }>`
      SELECT canonical, key_version FROM backend.race_names WHERE race_name_id = ${id}`
    return `${row?.canonical} ${row?.key_version}`
  })

eachDatabase((name, database) => {
  layer(database, { timeout: "240 seconds" })(`race names' keys on ${name}`, (it) => {
    it.effect("every entry gets its new key, even where two swap theirs", () =>
      Effect.gen(function* () {
        const owner = yield* user
        const one = yield* entry("aa", "registered", owner)
        const two = yield* entry("bb", "registered", owner)
        const swapped = (text: string) => (text === "aa" ? "bb" : text === "bb" ? "aa" : text)
        yield* rekey({ version: 2, keyOf: swapped, batch: 1 })
        assert.deepStrictEqual([yield* keyOfEntry(one), yield* keyOfEntry(two)], ["bb 2", "aa 2"])
        yield* rekey({ version: 2, keyOf: () => "never", batch: 1 })
        assert.strictEqual(yield* keyOfEntry(one), "bb 2")
      })
    )

    for (const batch of [1, 100]) {
      it.effect(`the older of two holders keeps the key, in batches of ${batch}`, () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const prefix = `k${batch}`
          const [here, there, one, two] = yield* Effect.all([game, game, user, user])
          const registered = yield* entry(`${prefix}vega`, "registered", one)
          const pending = yield* entry(`${prefix}v3ga`, "pending_registration", two, there)
          const older = yield* entry(`${prefix}lyra`, "reservation", one, here)
          const younger = yield* entry(`${prefix}1yra`, "reservation", two, here)
          const elsewhere = yield* entry(`${prefix}ly4a`, "reservation", two, there)
          yield* sql`
            INSERT INTO backend.games (game_id, visibility, status, game_name, description, min_players, max_players,
              turn_schedule, time_zone, runtime_status)
            SELECT ${here}::uuid, 'public', 'running', 'x', '', 1, 4, '0 0 * * *', 'UTC', 'running'`
          yield* sql`
            INSERT INTO backend.memberships (membership_id, game_id, user_id, race_name, race_name_canonical, status, joined_at)
            VALUES (${yield* newId}, ${here}, ${one}, 'x', 'old', 'active', now())`
          const version = 2 + batch
          const folded = (text: string) => text.replace("3", "e").replace("1y", "ly").replace("4", "r")
          yield* rekey({ version, keyOf: folded, batch })
          assert.strictEqual(yield* keyOfEntry(registered), `${prefix}vega ${version}`)
          assert.strictEqual(yield* keyOfEntry(pending), `!${pending} ${version}`)
          assert.strictEqual(yield* keyOfEntry(older), `${folded(`${prefix}lyra`)} ${version}`)
          assert.strictEqual(yield* keyOfEntry(younger), `!${younger} ${version}`)
          assert.strictEqual(yield* keyOfEntry(elsewhere), `${prefix}lyra ${version}`)
          const [seat] = yield* sql<{ key: string }>`
            SELECT race_name_canonical AS key FROM backend.memberships WHERE game_id = ${here}`
          assert.strictEqual(seat?.key, `${prefix}lyra`)
        })
      )
    }
  })
})
