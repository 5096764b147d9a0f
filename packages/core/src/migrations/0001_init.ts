/**
 * The schema's first version: every table of schema `backend`, module by module.
 *
 * A migration that has shipped is never edited; the next change is the next number. Statements keep to PostgreSQL 15.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const auth = [
  `CREATE TABLE backend.device_sessions (
    device_session_id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    client_public_key bytea NOT NULL CHECK (octet_length(client_public_key) = 32),
    status text NOT NULL CHECK (status IN ('active', 'revoked')),
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz,
    last_seen_at timestamptz,
    CHECK ((status = 'revoked') = (revoked_at IS NOT NULL))
  )`,
  `CREATE INDEX device_sessions_user ON backend.device_sessions (user_id, created_at)`,
  `CREATE INDEX device_sessions_status ON backend.device_sessions (status)`,
  `CREATE TABLE backend.session_revocations (
    revocation_id uuid PRIMARY KEY,
    device_session_id uuid NOT NULL,
    user_id uuid NOT NULL,
    actor_kind text NOT NULL CHECK (actor_kind IN ('user_revoke', 'user_revoke_all', 'admin_sanction', 'soft_delete_admin', 'soft_delete_user')),
    actor_user_id uuid,
    actor_username text,
    reason text NOT NULL,
    revoked_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((actor_user_id IS NULL) <> (actor_username IS NULL))
  )`,
  `CREATE INDEX session_revocations_session ON backend.session_revocations (device_session_id)`,
  `CREATE INDEX session_revocations_user ON backend.session_revocations (user_id)`,
  `CREATE TABLE backend.auth_challenges (
    challenge_id uuid PRIMARY KEY,
    email text NOT NULL,
    code_hash bytea NOT NULL,
    preferred_language text NOT NULL,
    attempts int NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    consumed_at timestamptz
  )`,
  `CREATE INDEX auth_challenges_email ON backend.auth_challenges (email, created_at DESC)`,
  `CREATE INDEX auth_challenges_expiry ON backend.auth_challenges (expires_at)`,
  `CREATE TABLE backend.blocked_emails (
    email text PRIMARY KEY,
    blocked_at timestamptz NOT NULL,
    reason text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  )`
]

const account = [
  `CREATE TABLE backend.accounts (
    user_id uuid PRIMARY KEY,
    email text NOT NULL UNIQUE,
    user_name text NOT NULL UNIQUE,
    display_name text NOT NULL DEFAULT '',
    preferred_language text NOT NULL,
    time_zone text NOT NULL,
    declared_country text,
    permanent_block boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
  )`,
  `CREATE INDEX accounts_created ON backend.accounts (created_at DESC, user_id DESC)`,
  `CREATE INDEX accounts_country ON backend.accounts (declared_country)`,
  `CREATE TABLE backend.entitlement_records (
    record_id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES backend.accounts,
    tier text NOT NULL,
    source text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX entitlement_records_user ON backend.entitlement_records (user_id, created_at)`,
  `CREATE TABLE backend.entitlement_snapshots (
    user_id uuid PRIMARY KEY REFERENCES backend.accounts,
    tier text NOT NULL,
    max_registered_race_names int NOT NULL CHECK (max_registered_race_names >= 0),
    taken_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE TABLE backend.sanction_records (
    record_id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES backend.accounts,
    sanction_code text NOT NULL CHECK (sanction_code IN ('permanent_block')),
    reason text NOT NULL,
    actor_username text NOT NULL,
    applied_at timestamptz NOT NULL,
    removed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX sanction_records_user ON backend.sanction_records (user_id, applied_at)`,
  `CREATE TABLE backend.sanction_active (
    user_id uuid NOT NULL REFERENCES backend.accounts,
    sanction_code text NOT NULL,
    record_id uuid NOT NULL REFERENCES backend.sanction_records,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, sanction_code)
  )`,
  `CREATE TABLE backend.limit_records (
    record_id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES backend.accounts,
    limit_code text NOT NULL,
    value int NOT NULL,
    actor_username text NOT NULL,
    applied_at timestamptz NOT NULL,
    removed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX limit_records_user ON backend.limit_records (user_id, applied_at)`,
  `CREATE TABLE backend.limit_active (
    user_id uuid NOT NULL REFERENCES backend.accounts,
    limit_code text NOT NULL,
    record_id uuid NOT NULL REFERENCES backend.limit_records,
    value int NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, limit_code)
  )`
]

const admin = [
  `CREATE TABLE backend.admin_accounts (
    username text PRIMARY KEY,
    password_hash bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    disabled_at timestamptz
  )`
]

const lobby = [
  `CREATE TABLE backend.games (
    game_id uuid PRIMARY KEY,
    owner_user_id uuid,
    visibility text NOT NULL CHECK (visibility IN ('private', 'public')),
    status text NOT NULL CHECK (status IN ('draft', 'enrollment_open', 'ready_to_start', 'starting', 'start_failed', 'running', 'paused', 'finished', 'cancelled')),
    game_name text NOT NULL,
    description text NOT NULL,
    min_players int NOT NULL,
    max_players int NOT NULL,
    turn_schedule text NOT NULL,
    time_zone text NOT NULL,
    engine_version text,
    current_turn int NOT NULL DEFAULT 0,
    runtime_status text NOT NULL DEFAULT 'none',
    failure_reason text,
    next_turn_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz,
    CHECK (visibility = 'public' OR owner_user_id IS NOT NULL),
    CHECK (min_players >= 1 AND max_players >= min_players)
  )`,
  `CREATE INDEX games_owner ON backend.games (owner_user_id, created_at)`,
  `CREATE INDEX games_public ON backend.games (created_at DESC, game_id DESC) WHERE visibility = 'public'`,
  `CREATE TABLE backend.applications (
    application_id uuid PRIMARY KEY,
    game_id uuid NOT NULL REFERENCES backend.games,
    applicant_user_id uuid NOT NULL,
    race_name text NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'approved', 'rejected')),
    created_at timestamptz NOT NULL DEFAULT now(),
    decided_at timestamptz
  )`,
  `CREATE INDEX applications_game ON backend.applications (game_id, created_at)`,
  `CREATE INDEX applications_applicant ON backend.applications (applicant_user_id, created_at)`,
  `CREATE TABLE backend.invites (
    invite_id uuid PRIMARY KEY,
    game_id uuid NOT NULL REFERENCES backend.games,
    issuer_user_id uuid NOT NULL,
    invited_user_id uuid,
    code text UNIQUE,
    status text NOT NULL CHECK (status IN ('pending', 'redeemed', 'declined', 'revoked', 'expired')),
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    decided_at timestamptz,
    CHECK ((invited_user_id IS NULL) <> (code IS NULL))
  )`,
  `CREATE INDEX invites_game ON backend.invites (game_id, created_at)`,
  `CREATE INDEX invites_invited ON backend.invites (invited_user_id, created_at)`,
  `CREATE UNIQUE INDEX invites_one_pending ON backend.invites (game_id, invited_user_id) WHERE status = 'pending'`,
  `CREATE TABLE backend.memberships (
    membership_id uuid PRIMARY KEY,
    game_id uuid NOT NULL REFERENCES backend.games,
    user_id uuid NOT NULL,
    race_name text NOT NULL,
    race_name_canonical text NOT NULL,
    status text NOT NULL CHECK (status IN ('active', 'removed', 'blocked')),
    joined_at timestamptz NOT NULL,
    left_at timestamptz,
    planets int,
    population double precision,
    max_planets int,
    max_population double precision,
    initial_planets int,
    initial_population double precision,
    eliminated boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (game_id, user_id)
  )`,
  `CREATE INDEX memberships_user ON backend.memberships (user_id, joined_at)`,
  `CREATE TABLE backend.game_blocks (
    game_id uuid NOT NULL REFERENCES backend.games,
    user_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (game_id, user_id)
  )`,
  `CREATE TABLE backend.race_names (
    race_name_id uuid PRIMARY KEY,
    name text NOT NULL,
    canonical text NOT NULL,
    status text NOT NULL CHECK (status IN ('registered', 'reservation', 'pending_registration')),
    owner_user_id uuid NOT NULL,
    game_id uuid,
    expires_at timestamptz,
    registered_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((status = 'registered') = (game_id IS NULL)),
    CHECK ((status = 'pending_registration') = (expires_at IS NOT NULL))
  )`,
  // One holder of a reservation per game; one registration (or one on its way) platform-wide. That different users
  // never share a key between the tiers is checked under the key's advisory lock, since no index can ensure it.
  `CREATE UNIQUE INDEX race_names_in_game ON backend.race_names (game_id, canonical) WHERE status = 'reservation'`,
  `CREATE UNIQUE INDEX race_names_registered ON backend.race_names (canonical) WHERE status = 'registered'`,
  `CREATE INDEX race_names_canonical ON backend.race_names (canonical)`,
  `CREATE INDEX race_names_owner ON backend.race_names (owner_user_id)`,
  `CREATE INDEX race_names_expiry ON backend.race_names (expires_at) WHERE status = 'pending_registration'`
]

const runtime = [
  `CREATE TABLE backend.engine_versions (
    version text PRIMARY KEY,
    image_ref text NOT NULL,
    enabled boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
  )`,
  // row_version is the fencing number: each write names the one it read, so a stale owner changes nothing.
  `CREATE TABLE backend.runtime_records (
    game_id uuid PRIMARY KEY REFERENCES backend.games,
    status text NOT NULL CHECK (status IN ('starting', 'running', 'generation_in_progress', 'paused', 'start_failed', 'stopped', 'finished')),
    row_version bigint NOT NULL DEFAULT 1,
    engine_version text,
    image_ref text,
    current_container_id text,
    engine_endpoint text,
    seed text NOT NULL,
    turn_schedule text NOT NULL,
    time_zone text NOT NULL,
    current_turn int NOT NULL DEFAULT 0,
    generating_turn int,
    next_turn_at timestamptz,
    force_next_turn boolean NOT NULL DEFAULT false,
    next_attempt_at timestamptz,
    attempts int NOT NULL DEFAULT 0,
    failure_reason text,
    started_at timestamptz,
    last_observed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX runtime_records_due ON backend.runtime_records (next_turn_at) WHERE status = 'running'`,
  `CREATE INDEX runtime_records_open ON backend.runtime_records (next_attempt_at) WHERE status IN ('starting', 'generation_in_progress')`,
  `CREATE TABLE backend.player_mappings (
    game_id uuid NOT NULL REFERENCES backend.games,
    user_id uuid NOT NULL,
    race_name text NOT NULL,
    engine_player_uuid uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (game_id, user_id),
    UNIQUE (game_id, engine_player_uuid)
  )`,
  `CREATE TABLE backend.runtime_operation_log (
    operation_id uuid PRIMARY KEY,
    game_id uuid NOT NULL,
    op text NOT NULL,
    status text NOT NULL CHECK (status IN ('started', 'succeeded', 'failed')),
    turn int,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    error text,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX runtime_operation_log_game ON backend.runtime_operation_log (game_id, started_at)`,
  `CREATE TABLE backend.runtime_health_snapshots (
    snapshot_id uuid PRIMARY KEY,
    game_id uuid NOT NULL,
    observed_at timestamptz NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX runtime_health_snapshots_game ON backend.runtime_health_snapshots (game_id, observed_at)`
]

const mail = [
  // body holds the sealed bytes: a login code is readable nowhere in the database.
  `CREATE TABLE backend.mail_payloads (
    payload_id uuid PRIMARY KEY,
    content_type text NOT NULL,
    subject text NOT NULL,
    body bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE TABLE backend.mail_deliveries (
    delivery_id uuid PRIMARY KEY,
    template_id text NOT NULL,
    idempotency_key text NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'sending', 'retrying', 'sent', 'dead_lettered')),
    attempts int NOT NULL DEFAULT 0,
    next_attempt_at timestamptz,
    expires_at timestamptz,
    claimed_until timestamptz,
    claim_token uuid,
    payload_id uuid NOT NULL REFERENCES backend.mail_payloads,
    message_id text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    UNIQUE (template_id, idempotency_key)
  )`,
  `CREATE INDEX mail_deliveries_due ON backend.mail_deliveries (next_attempt_at) WHERE status IN ('pending', 'sending', 'retrying')`,
  `CREATE TABLE backend.mail_recipients (
    recipient_id uuid PRIMARY KEY,
    delivery_id uuid NOT NULL REFERENCES backend.mail_deliveries,
    address text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('to', 'cc', 'bcc')),
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX mail_recipients_delivery ON backend.mail_recipients (delivery_id)`,
  `CREATE TABLE backend.mail_attempts (
    attempt_id uuid PRIMARY KEY,
    delivery_id uuid NOT NULL REFERENCES backend.mail_deliveries,
    attempt_no int NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    outcome text,
    error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (delivery_id, attempt_no)
  )`,
  `CREATE TABLE backend.mail_dead_letters (
    dead_letter_id uuid PRIMARY KEY,
    delivery_id uuid NOT NULL REFERENCES backend.mail_deliveries,
    archived_at timestamptz NOT NULL,
    reason text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  )`
]

const notification = [
  `CREATE TABLE backend.notifications (
    notification_id uuid PRIMARY KEY,
    kind text NOT NULL,
    idempotency_key text NOT NULL,
    user_id uuid,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (kind, idempotency_key)
  )`,
  `CREATE TABLE backend.notification_routes (
    route_id uuid PRIMARY KEY,
    notification_id uuid NOT NULL REFERENCES backend.notifications,
    channel text NOT NULL CHECK (channel IN ('push', 'email')),
    user_id uuid,
    status text NOT NULL CHECK (status IN ('published', 'enqueued', 'skipped', 'failed')),
    last_attempt_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE UNIQUE INDEX notification_routes_once ON backend.notification_routes (notification_id, channel, user_id)`,
  `CREATE TABLE backend.notification_dead_letters (
    dead_letter_id uuid PRIMARY KEY,
    notification_id uuid NOT NULL REFERENCES backend.notifications,
    archived_at timestamptz NOT NULL,
    reason text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE TABLE backend.notification_malformed_intents (
    id uuid PRIMARY KEY,
    received_at timestamptz NOT NULL,
    payload jsonb NOT NULL,
    reason text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  )`
]

// The push log. Readers see a row only once no older transaction can still commit (xid below the snapshot's xmin), and
// in the order (xid, event_no): without this a row that commits late would be skipped for good.
const push = [
  `CREATE TABLE backend.push_events (
    event_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    event_type text NOT NULL CHECK (event_type IN ('client_event', 'session_invalidation')),
    user_id uuid,
    device_session_id uuid,
    sequence bigint,
    kind text NOT NULL,
    payload bytea NOT NULL,
    event_id uuid NOT NULL,
    request_id text NOT NULL DEFAULT '',
    trace_id text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((event_type = 'client_event') = (sequence IS NOT NULL)),
    CHECK (event_type <> 'client_event' OR user_id IS NOT NULL),
    CHECK (event_type <> 'session_invalidation' OR (user_id IS NULL) <> (device_session_id IS NULL))
  )`,
  `CREATE UNIQUE INDEX push_events_user ON backend.push_events (user_id, sequence) WHERE event_type = 'client_event'`,
  `CREATE INDEX push_events_order ON backend.push_events (xid, event_no)`,
  `CREATE INDEX push_events_age ON backend.push_events (created_at) WHERE event_type = 'session_invalidation'`,
  // Locked by each writer until it commits, so that a user's numbers have no holes and commit in order.
  `CREATE TABLE backend.push_user_heads (
    user_id uuid PRIMARY KEY,
    last_sequence bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  // The highest position that pruning has removed: a cursor at or above it can be resumed.
  `CREATE TABLE backend.push_log_floor (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    xid xid8 NOT NULL,
    event_no bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  `INSERT INTO backend.push_log_floor (xid, event_no) VALUES ('0', 0)`
]

const geo = [
  `CREATE TABLE backend.user_country_counters (
    user_id uuid NOT NULL,
    country text NOT NULL,
    count bigint NOT NULL DEFAULT 0,
    last_seen_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, country)
  )`
]

/** Table groups in the order of their references. */
const statements = [
  `CREATE SCHEMA IF NOT EXISTS backend`,
  ...auth,
  ...account,
  ...admin,
  ...lobby,
  ...runtime,
  ...mail,
  ...notification,
  ...push,
  ...geo
]

/** Creates the schema and its tables, each after those that it refers to. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
