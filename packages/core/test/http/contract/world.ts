/** A small world for the walk over the contract: players, games in several states, and what belongs to them. */
import type { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { localHost } from "@galaxy/core/engine/EngineHost"
import { Games } from "@galaxy/core/lobby/game/Games"
import { Invites } from "@galaxy/core/lobby/invite/Invites"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import { newId } from "@galaxy/core/shared/NewId"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { join, openGame, player, settings } from "../../lobby/fixture.ts"
import { type Call, version } from "../platform.ts"
import type { Pools } from "./requests.ts"

export interface World {
  readonly owner: UserId
  readonly member: UserId
  /** Invited to the open game. */
  readonly guest: UserId
  /** Has nothing to do with any of it. */
  readonly stranger: UserId
  /** The first three are the owner's; the last is the administrators', with an application of the guest's. */
  readonly games: { readonly draft: GameId; readonly open: GameId; readonly running: GameId; readonly shared: GameId }
  readonly pools: Pools
}

const words: Pools = {
  turn_schedule: ["0 18 * * *", "*/30 * * * *", "0 0 31 2 *"],
  time_zone: ["Europe/Berlin", "UTC", "Asia/Tokyo", "Mars/Olympus"],
  preferred_language: ["en", "ru", "de-CH", "x"],
  locale: ["en", "ru-RU"],
  email: ["someone@example.org", "not an address"],
  engine_version: [version, "9.9.9"],
  host_id: [localHost],
  version: [version, "0.1.1", "9.9.9"],
  image_ref: ["builtin:0.1.0"],
  race_name: ["Vega", "Lyra", "Terran Union", "Zed"],
  name: ["Vega", "Free Name"],
  reason: ["a good one"],
  expires_at: ["2999-01-01T00:00:00.000Z"],
  enrollment_ends_at: ["2999-01-01T00:00:00.000Z"],
  plan_code: ["free", "paid_monthly"],
  source: ["admin"],
  starts_at: ["2020-01-01T00:00:00.000Z"],
  ends_at: ["2999-01-01T00:00:00.000Z"],
  turn: [0, 1],
  limit: [1, 50, 200],
  after: [0]
}

/** A session of the user, which nobody holds the key of. */
const session = (user: UserId) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const id = yield* newId
    yield* sql`
      INSERT INTO backend.device_sessions (device_session_id, user_id, client_public_key, status, created_at)
      VALUES (${id}, ${user}, ${new Uint8Array(32)}, 'active', date_trunc('milliseconds', now()))`
    return id
  })

/** What nobody could deliver: a mail, its notification, one by a channel, and a fact that can't be told. */
const givenUp = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const now = sql.literal("date_trunc('milliseconds', now())")
  yield* sql`
    WITH mail AS (
      UPDATE backend.mail_deliveries SET status = 'dead_lettered', next_attempt_at = NULL WHERE delivery_id =
        (SELECT delivery_id FROM backend.mail_deliveries WHERE status = 'pending' ORDER BY created_at DESC LIMIT 1)
      RETURNING delivery_id
    )
    INSERT INTO backend.mail_dead_letters (dead_letter_id, delivery_id, archived_at, reason, created_at)
    SELECT ${yield* newId}::uuid, delivery_id, ${now}, 'rejected', ${now} FROM mail`
  yield* sql`
    INSERT INTO backend.notification_dead_letters (dead_letter_id, notification_id, archived_at, reason, created_at)
    SELECT ${yield* newId}::uuid, notification_id, ${now}, 'a test', ${now} FROM backend.notifications
    ORDER BY created_at DESC LIMIT 1`
  yield* sql`
    INSERT INTO backend.channel_deliveries
      (delivery_id, notification_id, channel, user_id, status, attempts, reason, created_at, updated_at)
    SELECT ${yield* newId}::uuid, notification_id, ${`channel-${yield* newId}`}::text, accounts.user_id, 'dead_lettered', 10, 'a test',
      ${now}, ${now}
    FROM backend.notifications, backend.accounts ORDER BY notifications.created_at DESC LIMIT 1`
  yield* sql`
    INSERT INTO backend.notification_malformed_intents (id, received_at, payload, reason, created_at)
    VALUES (${yield* newId}, ${now}, '{}', 'a test', ${now})`
})

/** An engine version above those that there are, which no game starts on. */
const laterVersion = Effect.fnUntraced(function* (call: Call) {
  const sql = yield* SqlClient.SqlClient
  const [{ count } = { count: 0 }] = yield* sql<{ readonly count: number }>`
    SELECT count(*)::int AS count FROM backend.engine_versions`
  const later = `1000.0.${count}`
  yield* call("admin", "POST", "/api/v1/admin/engine-versions", { version: later, image_ref: `builtin:${later}` })
  yield* call("admin", "POST", `/api/v1/admin/engine-versions/${later}/disable`, { reason: "a test" })
})

/** Where the ids of the world are found, by parameter. Whatever isn't here can't be asked for with a known id. */
const sources: Readonly<Record<string, string>> = {
  user_id: "SELECT user_id AS id FROM backend.accounts",
  game_id: "SELECT game_id AS id FROM backend.games",
  invite_id: "SELECT invite_id AS id FROM backend.invites",
  membership_id: "SELECT membership_id AS id FROM backend.memberships",
  application_id: "SELECT application_id AS id FROM backend.applications",
  device_session_id: "SELECT device_session_id AS id FROM backend.device_sessions",
  delivery_id:
    "SELECT id FROM (SELECT delivery_id AS id, created_at FROM backend.mail_deliveries UNION ALL SELECT delivery_id, created_at FROM backend.channel_deliveries) AS deliveries",
  notification_id: "SELECT notification_id AS id FROM backend.notifications",
  audit_id: "SELECT audit_id AS id FROM backend.audit_log",
  challenge_id: "SELECT challenge_id AS id FROM backend.auth_challenges",
  username: "SELECT username AS id FROM backend.admin_accounts WHERE username <> 'root'",
  code: "SELECT code AS id FROM backend.invites WHERE code IS NOT NULL"
}

/** Parameters whose values the schema or `words` tell. */
export const known = (name: string): boolean => name in sources || name in words

const poolsNow = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const found = yield* Effect.forEach(Object.entries(sources), ([name, query]) =>
    Effect.map(
      sql.unsafe<{ readonly id: string }>(`${query} ORDER BY created_at DESC LIMIT 8`),
      (rows) => [name, rows.map((it) => it.id)] as const
    )
  )
  return Object.fromEntries(found)
})

/** Makes a world, or more of one; what was made before is still there, and not in its way. */
export const make = Effect.fnUntraced(function* (
  call: Call,
  players?: Pick<World, "owner" | "member" | "guest" | "stranger">
) {
  const games = yield* Games
  const invites = yield* Invites
  const runtimes = yield* Runtimes
  const sql = yield* SqlClient.SqlClient
  // The walk may have disabled it.
  yield* sql`UPDATE backend.engine_versions SET enabled = true WHERE version = ${version}`
  yield* laterVersion(call)
  const [owner, member, guest, stranger] = players
    ? [players.owner, players.member, players.guest, players.stranger]
    : yield* Effect.all([player, player, player, player])
  // There is room for more: what was before is over.
  yield* sql`UPDATE backend.games SET status = 'cancelled' WHERE owner_user_id = ${owner}`
  for (const user of [stranger, stranger]) yield* session(user)
  yield* call({ user: stranger }, "POST", "/api/v1/user/sessions/revoke-all")
  const sessions = [yield* session(owner), yield* session(member)]

  const draft = (yield* games.create(owner, settings())).game_id
  const open = (yield* openGame(owner)).game_id
  yield* join(owner, open, member, "Lyra")
  yield* invites.issue(owner, open, { invited_user_id: guest })
  yield* invites.issue(owner, open, {})

  const running = (yield* openGame(owner, { engine_version: version })).game_id
  yield* join(owner, running, owner, "Vega")
  yield* join(owner, running, member, "Lyra")
  yield* games.readyToStart(owner, running)
  yield* games.start(owner, running)
  yield* runtimes.reconcile(running)
  yield* call("admin", "POST", `/api/v1/admin/runtimes/${running}/force-next-turn`, { reason: "a turn" })
  yield* runtimes.reconcile(running)
  for (const health of ["unhealthy", "healthy"]) {
    const payload = JSON.stringify({ health, detail: "", instance: "1" })
    yield* sql`
      INSERT INTO backend.runtime_health_snapshots (snapshot_id, game_id, observed_at, payload, created_at)
      VALUES (${yield* newId}, ${running}, date_trunc('milliseconds', now()), ${payload}::text::jsonb, date_trunc('milliseconds', now()))`
  }

  const made = yield* call("admin", "POST", "/api/v1/admin/games", { ...settings(), reason: "a public game" })
  const publicGame: GameId = made.body.game_id ?? (yield* openGame(owner)).game_id
  yield* sql`UPDATE backend.games SET visibility = 'public', owner_user_id = NULL WHERE game_id = ${publicGame}`
  yield* call("admin", "POST", `/api/v1/admin/games/${publicGame}/open-enrollment`, { reason: "open" })
  const applications = `/api/v1/user/lobby/games/${publicGame}/applications`
  yield* call({ user: stranger }, "POST", applications, { race_name: "Ypsilon" })
  const application = yield* call({ user: guest }, "POST", applications, { race_name: "Zed" })
  yield* call("admin", "POST", "/api/v1/admin/blocked-addresses", {
    email: `${yield* newId}@example.org`,
    reason: "a test"
  })
  yield* givenUp
  yield* call("admin", "POST", "/api/v1/admin/admin-accounts", {
    username: `admin ${yield* newId}`,
    password: "a long password"
  })
  const pools: Pools = {
    ...words,
    ...(yield* poolsNow),
    device_session_id: sessions,
    application_id: [application.body.application_id],
    user_id: [owner, member, guest, stranger],
    invited_user_id: [guest, stranger],
    game_id: [draft, open, running, publicGame]
  }
  return { owner, member, guest, stranger, games: { draft, open, running, shared: publicGame }, pools } satisfies World
})
