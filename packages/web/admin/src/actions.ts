/** What an operator can do to a game, a player, a mail or a host of engines, as data: the dialogs are made from it. */
import type { Game } from "@galaxy/contract/api/UserLobby"
import type { EngineHost } from "@galaxy/contract/api/admin/EngineHosts"
import type { AdminUser } from "@galaxy/contract/api/admin/Users"

type GameOf = typeof Game.Encoded
type UserOf = typeof AdminUser.Encoded
type HostOf = typeof EngineHost.Encoded

/** One change, before its reason is given. */
export interface Action {
  readonly label: string
  /** Below `/api/v1/admin`. */
  readonly path: string
  /** What is sent beside the reason. */
  readonly body: Readonly<Record<string, unknown>>
  readonly reason: "required" | "optional"
  /** What can't be undone has to be confirmed by typing this. */
  readonly confirm?: string
}

const over: ReadonlySet<string> = new Set(["finished", "cancelled"])

/** What the state of a game allows; the backend decides in the end. */
export const gameActions = (game: GameOf, isStarted: boolean): ReadonlyArray<Action> => {
  const at = (step: string) => `/games/${game.game_id}/${step}`
  const step = (label: string, name: string): Action => ({ label, path: at(name), body: {}, reason: "optional" })
  const isPublic = game.visibility === "public"
  const { status } = game
  return [
    ...(isPublic && status === "draft" ? [step("Open for players", "open-enrollment")] : []),
    ...(isPublic && status === "enrollment_open" ? [step("Close enrolment", "ready-to-start")] : []),
    ...(isPublic && status === "ready_to_start" ? [step("Start", "start")] : []),
    ...(isPublic && status === "running" ? [step("Pause", "pause")] : []),
    ...(isPublic && status === "paused" ? [step("Resume", "resume")] : []),
    ...(isPublic && status === "start_failed" ? [step("Try the start again", "retry-start")] : []),
    ...(isStarted && status === "running"
      ? [
          {
            label: "Make the next turn now",
            path: `/runtimes/${game.game_id}/force-next-turn`,
            body: { expected_turn: game.current_turn },
            reason: "optional"
          } as const,
          {
            label: "Restart the engine",
            path: `/runtimes/${game.game_id}/restart`,
            body: {},
            reason: "required"
          } as const
        ]
      : []),
    ...(over.has(status) ? [] : [step("Force the start", "force-start"), step("Force a stop", "force-stop")]),
    ...(over.has(status)
      ? []
      : [
          {
            label: "Cancel the game",
            path: at("cancel"),
            body: {},
            reason: "required",
            confirm: game.game_name
          } as const
        ])
  ]
}

/** What can be done to a player. */
export const userActions = (user: UserOf): ReadonlyArray<Action> => {
  const at = (step: string) => `/users/${user.user_id}/${step}`
  if (user.status === "deleted") return []
  const isBlocked = user.sanctions.some(({ sanction_code }) => sanction_code === "permanent_block")
  return [
    { label: "Sign out everywhere", path: at("sessions/revoke-all"), body: {}, reason: "required" },
    isBlocked
      ? { label: "Lift the block", path: at("sanctions/permanent_block/lift"), body: {}, reason: "required" }
      : {
          label: "Block for good",
          path: at("sanctions"),
          body: { sanction_code: "permanent_block" },
          reason: "required",
          confirm: user.user_name
        },
    { label: "Delete the account", path: at("soft-delete"), body: {}, reason: "required", confirm: user.user_name }
  ]
}

/** A mail that wasn't sent can be sent again. */
export const mailActions = (mail: { readonly delivery_id: string; readonly status: string }): ReadonlyArray<Action> =>
  mail.status === "sent" || mail.status === "sending"
    ? []
    : [{ label: "Send again", path: `/mail/deliveries/${mail.delivery_id}/resend`, body: {}, reason: "optional" }]

/**
 * What can be done to a host of engines. It is drained only where there are several, since its games need another one; it is
 * forgotten once it is in no settings and no games are on it.
 */
export const hostActions = (host: HostOf, several: boolean): ReadonlyArray<Action> => {
  const step = (label: string, name: string): Action => ({
    label: `${label} ${host.host_id}`,
    path: `/engine-hosts/${encodeURIComponent(host.host_id)}/${name}`,
    body: {},
    reason: "optional"
  })
  return [
    ...(host.draining ? [step("Use again:", "undrain")] : several && host.in_settings ? [step("Drain", "drain")] : []),
    ...(host.in_settings || host.games > 0 ? [] : [{ ...step("Forget", "forget"), confirm: host.host_id }])
  ]
}
