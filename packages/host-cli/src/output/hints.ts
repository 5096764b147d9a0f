/** What helps after an error of the server: one hint for each code and reason that the contract has. */
import type { ApiErrorCode, ReasonOf } from "@galaxy/contract/api/ApiError"

const byReason: { readonly [R in ReasonOf<"conflict"> | ReasonOf<"forbidden">]: string | undefined } = {
  wrong_state: "Look at its state: galaxy-admin game get GAME, or galaxy-admin why GAME",
  full: "Raise the number of places: galaxy-admin game edit GAME --max-players N",
  name_taken: "Choose another name.",
  already_member: undefined,
  already_pending: undefined,
  not_pending: "It has been decided: galaxy-admin game applications GAME",
  blocked: "The player is blocked: galaxy-admin user get USER",
  limit_reached: "Raise the limit: galaxy-admin user limit USER CODE VALUE",
  enrollment_over: "Set a later end: galaxy-admin game edit GAME --enrollment-ends 2026-12-31T18:00Z",
  paused: "Resume it first: galaxy-admin game resume GAME",
  generating: "A turn is being made; try again when it is there: galaxy-admin why GAME",
  turn_closed: undefined,
  turn_passed: "The turn is there already: galaxy-admin runtime get GAME",
  orders_changed: undefined,
  exists: "It is there already, with other values.",
  last_admin: "Create or enable another administrator first: galaxy-admin admin list",
  sent_already: undefined,
  version_disabled: "Enable it: galaxy-admin engine update VERSION --enabled",
  not_a_patch:
    "Only a higher patch of the same version can be moved to; for others: game force-stop, then game force-start --engine VERSION",
  in_use: "See what uses it: galaxy-admin engine list, galaxy-admin host list, galaxy-admin game list --status running",
  not_enough_players:
    "Give seats to those who apply: galaxy-admin game applications GAME. With at least one player it can be started all the same: galaxy-admin game force-start GAME",
  not_owner: "A private game is its owner's. Cancelling, force-start, force-stop and ban are for every game.",
  not_member: undefined,
  not_recipient: undefined,
  not_issuer: undefined,
  cross_site: undefined,
  foreign_host: "The backend doesn't answer to this host name; see its setting of allowed hosts."
}

const byCode: { readonly [C in ApiErrorCode]: string | undefined } = {
  invalid_request: undefined,
  account_permanently_blocked: undefined,
  unauthorized: "Name or password is wrong, or the administrator is disabled. Sign in: galaxy-admin login",
  forbidden: undefined,
  not_found: undefined,
  method_not_allowed: "This server is of another release: galaxy-admin doctor",
  conflict: undefined,
  payload_too_large: undefined,
  unsupported_media_type: undefined,
  rate_limited: "Too many attempts; wait and try again.",
  internal_error: "A fault of the server; its log has the request's id.",
  service_unavailable: "A part of the server can't be reached at present: galaxy-admin doctor"
}

/** Codes that the same call may succeed after. */
export const isRetryable = (code: string): boolean => code === "service_unavailable" || code === "rate_limited"

const own = (table: Readonly<Record<string, string | undefined>>, name: string | undefined) =>
  name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined

/** What helps; undefined where nothing general does, and for codes of newer servers. */
export const hintOf = (code: string, reason: string | undefined): string | undefined =>
  own(byReason, reason) ?? own(byCode, code)
