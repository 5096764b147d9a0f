/**
 * Which requests for a new game are one: a client that got no answer asks again and must not end up with two games.
 *
 * Clients say so by a key of their own. Without one, the id of the request counts, together with all that it asks for:
 * it is unique in its session, so only a repeat has both.
 */
import type { CreateGame } from "@galaxy/contract/api/UserLobby"
import type { DeviceSessionId } from "@galaxy/contract/ids/Ids"
import { Effect } from "effect"
import { Hex } from "effect/encoding"

/** What a game was asked for with. Of one owner's games no two have the same key. */
export interface Creation {
  readonly key: string
  /** Of the settings that were asked for. Where it differs, the key was used for another game before. */
  readonly digest: string
}

/** The request as its transport names it; an empty id names none. */
export interface RequestOrigin {
  readonly requestId: string
  readonly deviceSessionId?: DeviceSessionId | undefined
}

/** Without the key itself, and whatever the order of the fields. */
const canonical = (settings: typeof CreateGame.Type) =>
  JSON.stringify(
    Object.entries(settings)
      .filter(([name]) => name !== "idempotency_key")
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
  )

const digestOf = (settings: typeof CreateGame.Type) =>
  Effect.map(
    Effect.promise(() => crypto.subtle.digest("SHA-256", new TextEncoder().encode(canonical(settings)))),
    (hash) => Hex.encode(new Uint8Array(hash))
  )

/**
 * The id of a request counts only within a session: elsewhere nobody promises that it is unique for ever, and
 * administrators' programs send a key.
 */
const requestKey = (origin: RequestOrigin | undefined, digest: string): string | undefined =>
  origin?.deviceSessionId === undefined || origin.requestId === ""
    ? undefined
    : `request/${origin.deviceSessionId}/${origin.requestId}/${digest}`

/** Undefined where neither the client nor the transport says what a repeat would look like. */
export const creationOf = Effect.fnUntraced(function* (settings: typeof CreateGame.Type, origin?: RequestOrigin) {
  const own = settings.idempotency_key
  const digest = yield* digestOf(settings)
  const key = own === undefined ? requestKey(origin, digest) : `key/${own}`
  return key === undefined ? undefined : ({ key, digest } satisfies Creation)
})
