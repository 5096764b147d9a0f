/** A player with a part in everything that an account's end touches, and the rows by which it shows. */
import { GameId, type UserId } from "@galaxy/contract/ids/Ids"
import { Accounts } from "@galaxy/core/account/Accounts"
import { Sessions } from "@galaxy/core/auth/Sessions"
import { MailOutbox } from "@galaxy/core/mail/MailOutbox"
import { Notifications } from "@galaxy/core/notification/Notifications"
import { newId } from "@galaxy/core/shared/NewId"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const key = new Uint8Array(32)

export const account = Effect.gen(function* () {
  const email = `${yield* newId}@example.org`
  const accounts = yield* Accounts
  const request = { email, preferredLanguage: "en", timeZone: "UTC", declaredCountry: "DE" }
  return { email, user: yield* accounts.ensure(request) }
})

/** A stored game, and a runtime of the same state where it is played. */
export const game = Effect.fnUntraced(function* (owner: UserId, status: string) {
  const sql = yield* SqlClient.SqlClient
  const id = GameId.make(yield* newId)
  yield* sql`
    INSERT INTO backend.games (game_id, owner_user_id, visibility, status, game_name, description, min_players,
      max_players, turn_schedule, time_zone)
    VALUES (${id}, ${owner}, 'private', ${status}, ${`the ${status} game`}, '', 2, 8, '0 18 * * *', 'UTC')`
  if (status === "running" || status === "paused")
    yield* sql`
      INSERT INTO backend.runtime_records (game_id, status, seed, turn_schedule, time_zone)
      VALUES (${id}, ${status}, 'seed', '0 18 * * *', 'UTC')`
  return id
})

export const seat = Effect.fnUntraced(function* (gameId: GameId, user: UserId) {
  const sql = yield* SqlClient.SqlClient
  const id = yield* newId
  yield* sql`
    INSERT INTO backend.memberships
      (membership_id, game_id, user_id, race_name, race_name_canonical, status, joined_at)
    VALUES (${id}, ${gameId}, ${user}, ${id}, ${id}, 'active', now())`
  yield* sql`
    INSERT INTO backend.player_mappings (game_id, user_id, race_name, engine_player_uuid)
    VALUES (${gameId}, ${user}, ${id}, ${id})`
})

const invite = Effect.fnUntraced(function* (gameId: GameId, issuer: UserId, invited: UserId) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    INSERT INTO backend.invites (invite_id, game_id, issuer_user_id, invited_user_id, status, expires_at)
    VALUES (${yield* newId}, ${gameId}, ${issuer}, ${invited}, 'pending', now() + interval '1 day')`
})

const raceName = Effect.fnUntraced(function* (user: UserId, status: string, gameId: GameId) {
  const sql = yield* SqlClient.SqlClient
  const name = yield* newId
  yield* sql`
    INSERT INTO backend.race_names (race_name_id, name, canonical, status, owner_user_id, game_id, expires_at)
    VALUES (${yield* newId}, ${name}, ${name}, ${status}, ${user}, ${status === "registered" ? null : gameId},
      ${status === "pending_registration" ? new Date(4e12) : null})`
})

/** States of games that end with their owner's account. */
export const ending = ["draft", "enrollment_open", "ready_to_start", "starting", "start_failed", "paused"] as const
/** States that stay. */
export const staying = ["running", "finished", "cancelled"] as const

/** A player with everything, and another one who has to do with it. */
export const busy = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const sessions = yield* Sessions
  const outbox = yield* MailOutbox
  const notifications = yield* Notifications
  const [ada, bob] = [yield* account, yield* account]
  yield* sessions.create(ada.user, key)
  yield* sessions.create(ada.user, key)
  yield* sessions.create(bob.user, key)
  const foreign = yield* game(bob.user, "running")
  yield* seat(foreign, ada.user)
  yield* seat(foreign, bob.user)
  const open = yield* game(bob.user, "enrollment_open")
  yield* sql`
    INSERT INTO backend.applications (application_id, game_id, applicant_user_id, race_name, status)
    VALUES (${yield* newId}, ${open}, ${ada.user}, 'a', 'pending')`
  yield* invite(open, bob.user, ada.user)
  const own = yield* Effect.forEach([...ending, ...staying], (status) =>
    Effect.map(game(ada.user, status), (id) => [status, id] as const)
  )
  const owned = new Map<string, GameId>(own)
  yield* invite(owned.get("running") ?? foreign, ada.user, bob.user)
  yield* seat(owned.get("paused") ?? foreign, bob.user)
  yield* raceName(ada.user, "registered", foreign)
  yield* raceName(ada.user, "reservation", foreign)
  yield* raceName(ada.user, "pending_registration", foreign)
  yield* raceName(bob.user, "reservation", foreign)
  yield* sql`INSERT INTO backend.user_country_counters (user_id, country, count) VALUES (${ada.user}, 'DE', 3)`
  yield* outbox.enqueue({
    templateId: "auth.login_code",
    idempotencyKey: yield* newId,
    to: ada.email,
    subject: "a",
    text: "b"
  })
  yield* notifications.submit({
    kind: "game.started",
    idempotencyKey: yield* newId,
    recipients: [ada.user],
    payload: { game_id: foreign, game_name: "the running game" }
  })
  return { ada, bob, foreign, open, owned }
})

/** Everything of a player by which an end shows. */
export const stateOf = Effect.fnUntraced(function* ({
  email,
  user
}: {
  readonly email: string
  readonly user: UserId
}) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<Record<string, unknown>>`
    SELECT
      (SELECT deleted_at IS NOT NULL FROM backend.accounts WHERE user_id = ${user}) AS deleted,
      (SELECT permanent_block FROM backend.accounts WHERE user_id = ${user}) AS blocked,
      (SELECT count(*)::int FROM backend.device_sessions WHERE user_id = ${user} AND status = 'active') AS sessions,
      (SELECT string_agg(status, ' ' ORDER BY status) FROM backend.memberships WHERE user_id = ${user}) AS seats,
      (SELECT string_agg(status, ' ') FROM backend.applications WHERE applicant_user_id = ${user}) AS applications,
      (SELECT string_agg(status, ' ') FROM backend.invites WHERE invited_user_id = ${user}) AS invited,
      (SELECT string_agg(status, ' ') FROM backend.invites WHERE issuer_user_id = ${user}) AS issued,
      (SELECT count(*)::int FROM backend.race_names WHERE owner_user_id = ${user}) AS names,
      (SELECT count(*)::int FROM backend.user_country_counters WHERE user_id = ${user}) AS countries,
      (SELECT string_agg(status, ' ' ORDER BY status) FROM backend.games WHERE owner_user_id = ${user}) AS games,
      (SELECT string_agg(seat_order, ' ') FROM backend.player_mappings WHERE user_id = ${user}) AS orders,
      (SELECT string_agg(d.template_id, ' ' ORDER BY d.template_id) FROM backend.mail_deliveries d
        JOIN backend.mail_recipients r USING (delivery_id) WHERE r.address = ${email}) AS mails`
  return row ?? {}
})
