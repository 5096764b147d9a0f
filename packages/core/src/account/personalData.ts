/**
 * What is kept about a person, table by table, and how it is erased.
 *
 * Every table of the schema is declared here with every column; a test compares the declaration with the database.
 * Erasure and export work by it, so a table that isn't declared can't be forgotten in only one of them. Ids stay, and
 * so does the history of games.
 */

/**
 * Which rows belong to a person: an SQL condition. `:user` stands for the user's id, `:address` for the e-mail address,
 * `:network_address` and `:blocked_address` for its keyed hashes in `auth_networks` and `blocked_emails`.
 */
type RowsOf = string

/** How personal data of a table is erased. */
export type Erase =
  /** The person's rows are removed. */
  | { readonly by: "removing" }
  /** The columns get these SQL expressions. */
  | { readonly by: "setting"; readonly columns: Readonly<Record<string, string>>; readonly only?: RowsOf }
  /** It stays, for a reason. */
  | { readonly by: "keeping"; readonly why: string }

/** One table's declaration. */
export interface TableDeclaration {
  /** Columns that may hold personal data. Ids of users don't count: they stay, and lead to nobody once all else is gone. */
  readonly personal: ReadonlyArray<string>
  /** All others. */
  readonly plain: ReadonlyArray<string>
  /** Columns that an export leaves out: secrets, which help nobody else either. */
  readonly secret?: ReadonlyArray<string>
  /** Absent where no row belongs to a person. */
  readonly of?: RowsOf
  /** Present where there are personal columns. */
  readonly erase?: Erase
}

const words = (text: string): ReadonlyArray<string> => text.trim().split(/\s+/)
const none: ReadonlyArray<string> = []
const history = "the history of games stays"
const operators = "written by operators, who are told to leave personal data out"
const remove = { by: "removing" } as const
const ofUser = "user_id = :user"
const deliveries = "SELECT delivery_id FROM backend.mail_recipients WHERE address = :address"

/** All tables, in the order in which they are erased: rows before those that they are found by. */
export const personalData: Readonly<Record<string, TableDeclaration>> = {
  // Sign-in
  auth_challenges: {
    personal: words("email code_hash preferred_language network"),
    plain: words("challenge_id attempts created_at expires_at consumed_at known_network mailed"),
    secret: ["code_hash"],
    of: "email = :address",
    erase: remove
  },
  auth_networks: {
    personal: words("address_hash network_hash last_sign_in_at"),
    plain: ["created_at"],
    of: "address_hash = :network_address",
    erase: remove
  },
  device_sessions: {
    personal: words("client_public_key device_label last_seen_at"),
    plain: words("device_session_id user_id status created_at revoked_at"),
    of: ofUser,
    erase: remove
  },
  session_revocations: {
    personal: none,
    plain: words(
      "revocation_id device_session_id user_id actor_kind actor_user_id actor_username reason revoked_at created_at"
    ),
    of: ofUser
  },
  blocked_emails: {
    personal: words("email address_hash reason"),
    plain: words("blocked_address_id blocked_at blocked_by created_at"),
    of: "address_hash = :blocked_address OR email = :address",
    erase: { by: "keeping", why: "a block would be evaded by deleting the account; only a keyed hash is kept" }
  },

  // Mails and notices
  mail_dead_letters: {
    personal: none,
    plain: words("dead_letter_id delivery_id archived_at reason created_at"),
    of: `delivery_id IN (${deliveries})`,
    erase: remove
  },
  mail_attempts: {
    personal: none,
    plain: words("attempt_id delivery_id attempt_no started_at finished_at outcome error created_at"),
    of: `delivery_id IN (${deliveries})`,
    erase: remove
  },
  mail_payloads: {
    personal: words("subject body"),
    plain: words("payload_id content_type created_at"),
    secret: ["body"],
    of: `payload_id IN (SELECT payload_id FROM backend.mail_deliveries WHERE delivery_id IN (${deliveries}))`,
    erase: { by: "setting", columns: { subject: "''", body: "''::bytea" } }
  },
  mail_deliveries: {
    personal: none,
    plain: words(
      `delivery_id template_id idempotency_key status attempts next_attempt_at expires_at claimed_until claim_token
      payload_id message_id created_at updated_at sent_at`
    ),
    of: `delivery_id IN (${deliveries})`,
    // Nothing is sent any more; the pruner removes the row in its time.
    erase: {
      by: "setting",
      columns: { status: "'dead_lettered'", next_attempt_at: "NULL", claim_token: "NULL", claimed_until: "NULL" },
      only: "status IN ('pending', 'sending', 'retrying')"
    }
  },
  mail_recipients: {
    personal: ["address"],
    plain: words("recipient_id delivery_id kind created_at"),
    of: "address = :address",
    erase: { by: "setting", columns: { address: "''" } }
  },
  notifications: {
    personal: ["payload"],
    plain: words("notification_id kind idempotency_key user_id created_at sender_user_id"),
    of: `(notification_id IN (SELECT notification_id FROM backend.notification_routes WHERE user_id = :user)
      OR notification_id IN (SELECT notification_id FROM backend.channel_deliveries WHERE user_id = :user))`,
    erase: {
      by: "setting",
      columns: { payload: "'{}'::jsonb" },
      only: `NOT EXISTS (SELECT 1 FROM backend.notification_routes r
        WHERE r.notification_id = backend.notifications.notification_id AND r.user_id <> :user)
        AND NOT EXISTS (SELECT 1 FROM backend.channel_deliveries c
        WHERE c.notification_id = backend.notifications.notification_id AND c.user_id <> :user)`
    }
  },
  channel_deliveries: {
    personal: none,
    plain: words(
      `delivery_id notification_id channel user_id status attempts next_attempt_at claim_token reason created_at
      updated_at`
    ),
    of: ofUser
  },
  notification_routes: {
    personal: none,
    plain: words("route_id notification_id channel user_id status last_attempt_at created_at delivery_id"),
    of: ofUser
  },
  notification_dead_letters: {
    personal: none,
    plain: words("dead_letter_id notification_id archived_at reason created_at route_id")
  },
  notification_malformed_intents: {
    personal: ["payload"],
    plain: words("id received_at reason created_at"),
    erase: { by: "keeping", why: "nobody knows whose it is; it is pruned by age, sooner than accounts are erased" }
  },
  push_events: {
    personal: ["payload"],
    plain: words(
      "event_no xid event_type user_id device_session_id sequence kind event_id request_id trace_id created_at"
    ),
    // The others name sessions, and are pruned by age. The index is on these.
    of: "user_id = :user AND event_type = 'client_event'",
    erase: remove
  },
  push_user_heads: { personal: none, plain: words("user_id last_sequence created_at"), of: ofUser },
  push_log_floor: { personal: none, plain: words("singleton xid event_no created_at") },
  notice_reads: {
    personal: ["read_up_to"],
    plain: words("user_id created_at updated_at"),
    of: ofUser,
    erase: remove
  },

  // Standing
  entitlement_records: {
    personal: ["reason"],
    plain: words("record_id user_id plan_code source created_at is_paid starts_at ends_at actor"),
    of: ofUser,
    erase: { by: "keeping", why: operators }
  },
  entitlement_snapshots: {
    personal: none,
    plain: words(
      `user_id plan_code max_registered_race_names taken_at created_at is_paid source starts_at ends_at next_change_at
      max_open_games max_games_in_play max_memberships account_created_at paid_until`
    ),
    of: ofUser
  },
  sanction_records: {
    personal: words("reason lift_reason"),
    plain: words("record_id user_id sanction_code actor_username applied_at removed_at created_at lifted_by"),
    of: ofUser,
    erase: { by: "keeping", why: operators }
  },
  sanction_active: { personal: none, plain: words("user_id sanction_code record_id created_at"), of: ofUser },
  limit_records: {
    personal: words("reason lift_reason"),
    plain: words("record_id user_id limit_code value actor_username applied_at removed_at created_at lifted_by"),
    of: ofUser,
    erase: { by: "keeping", why: operators }
  },
  limit_active: { personal: none, plain: words("user_id limit_code record_id value created_at"), of: ofUser },
  user_country_counters: {
    personal: words("country count last_seen_at"),
    plain: words("user_id created_at"),
    of: ofUser,
    erase: remove
  },

  // Games
  games: {
    personal: words("game_name description name_key time_zone"),
    plain: words(
      `game_id owner_user_id visibility status min_players max_players turn_schedule engine_version current_turn
      runtime_status failure_reason next_turn_at created_at updated_at started_at finished_at computer_players early_turns
      missed_turns_reminder missed_turns_limit absence_action enrollment_ends_at creation_key creation_digest`
    ),
    of: "owner_user_id = :user",
    erase: { by: "keeping", why: history }
  },
  applications: {
    personal: ["race_name"],
    plain: words("application_id game_id applicant_user_id status created_at decided_at"),
    of: "applicant_user_id = :user",
    erase: { by: "keeping", why: history }
  },
  invites: {
    personal: none,
    plain: words(
      "invite_id game_id issuer_user_id invited_user_id code status expires_at created_at decided_at issue_key"
    ),
    secret: ["code"],
    of: "invited_user_id = :user OR issuer_user_id = :user"
  },
  memberships: {
    personal: words("race_name race_name_canonical"),
    plain: words(
      `membership_id game_id user_id status joined_at left_at planets population max_planets max_population initial_planets
      initial_population eliminated created_at orders_given_at orders_count orders_refused ready_turn orders_given_turn
      missed_turns taken_over_at seen_turn`
    ),
    of: ofUser,
    erase: { by: "keeping", why: history }
  },
  computer_seats: { personal: none, plain: words("game_id seat race_name engine_player_uuid created_at") },
  game_blocks: { personal: none, plain: words("game_id user_id created_at"), of: ofUser },
  race_names: {
    personal: words("name canonical"),
    plain: words("race_name_id status owner_user_id game_id expires_at registered_at created_at key_version"),
    of: "owner_user_id = :user",
    erase: remove
  },
  player_mappings: {
    personal: ["race_name"],
    plain: words("game_id user_id engine_player_uuid created_at computer seat_order seat_order_at seat_order_attempts"),
    of: ofUser,
    erase: { by: "keeping", why: history }
  },
  engine_versions: { personal: none, plain: words("version image_ref enabled created_at updated_at") },
  runtime_records: {
    personal: none,
    plain: words(
      `game_id status row_version engine_version image_ref current_container_id engine_endpoint seed turn_schedule time_zone
      current_turn generating_turn next_turn_at force_next_turn next_attempt_at attempts attempt_open failure_reason started_at
      last_observed_at created_at updated_at next_turn_why next_turn_skips next_turn_set_at next_turn_was generating_since
      paused engine_task previous_version previous_image health health_since ruleset last_decision last_decision_at
      state_discarded_at engine_host engine_epoch image_id state_in_database`
    )
  },
  engine_files: {
    personal: ["body"],
    plain: words("game_id path epoch revision encoding size sha256"),
    erase: { by: "keeping", why: history }
  },
  engine_hosts: { personal: none, plain: words("host_id draining seen_at") },
  backend_notes: { personal: none, plain: words("address release started_at games noted_at") },
  installation: {
    personal: none,
    plain: words("one incarnation system_identifier timeline created_at secret_check secret_used_at platform")
  },
  runtime_heartbeat: { personal: none, plain: words("only_one beat_at created_at") },
  runtime_operation_log: {
    personal: none,
    plain: words("operation_id game_id op status turn due_at started_at finished_at error created_at")
  },
  runtime_health_snapshots: { personal: none, plain: words("snapshot_id game_id observed_at payload created_at") },

  // Operators, and the database itself
  admin_accounts: {
    personal: ["username"],
    plain: words("password_hash created_at last_used_at disabled_at"),
    erase: { by: "keeping", why: "administrators are no players; the audit log names them" }
  },
  audit_log: {
    personal: words("reason before after"),
    plain: words("audit_id created_at actor action target_kind target_id request_id dry_run"),
    of: "target_kind = 'user' AND target_id = :user::text",
    erase: { by: "keeping", why: "rows hold ids and keyed hashes, and are never changed" }
  },
  account_ends: {
    personal: none,
    plain: words("end_id user_id kind actor_user_id actor_username attempts next_attempt_at completed_at created_at"),
    of: ofUser
  },
  user_events: {
    personal: none,
    plain: words("event_no event_id event_type user_id details occurred_at created_at"),
    of: ofUser
  },
  user_event_sender: { personal: none, plain: words("singleton seen_at created_at") },
  write_probe: { personal: none, plain: words("singleton written_at created_at") },

  // Last: the others are found by its address.
  accounts: {
    personal: words("email user_name display_name preferred_language time_zone declared_country mail_kinds_off"),
    plain: words("user_id permanent_block address_blocked created_at updated_at deleted_at erased_at"),
    of: ofUser,
    erase: {
      by: "setting",
      columns: {
        // Unique, and no address: nobody can sign in with it.
        email: "'erased ' || user_id",
        user_name: "'erased-' || user_id",
        display_name: "''",
        preferred_language: "'en'",
        time_zone: "'UTC'",
        declared_country: "NULL",
        mail_kinds_off: "'{}'",
        address_blocked: "false"
      }
    }
  }
}
