/** Who calls a route of the program: the same check as on the surface for players. */
import { deviceSessionIdHeader, gatewayTokenHeader, userIdHeader } from "@galaxy/contract/api/Identity"
import { UserId, uuidPattern } from "@galaxy/contract/ids/Ids"
import { admits, type Callers } from "@galaxy/core/http/Callers"
import { Standing } from "@galaxy/core/standing/Standing"
import { Effect } from "effect"

/** A player with an active account, and the session that signed the request where the gateway said so. */
export interface Caller {
  readonly userId: string
  readonly deviceSessionId: string | undefined
}

/** A request of the Web, or of Node and what is built on it. */
export interface HasHeaders {
  readonly headers: Headers | Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
}

const headerOf = ({ headers }: HasHeaders, name: string): string => {
  const value = headers instanceof Headers ? headers.get(name) : headers[name]
  return typeof value === "string" ? value : ""
}

/** Null where a player's request would be refused. */
export const callerOf = Effect.fnUntraced(function* (callers: Callers, request: HasHeaders) {
  if (!admits(callers, headerOf(request, gatewayTokenHeader))) return null
  const userId = headerOf(request, userIdHeader)
  if (!uuidPattern.test(userId)) return null
  if ((yield* (yield* Standing).of(UserId.make(userId))) !== "active") return null
  const session = headerOf(request, deviceSessionIdHeader)
  return { userId, deviceSessionId: uuidPattern.test(session) ? session : undefined } satisfies Caller
})
