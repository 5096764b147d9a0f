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

/** Null where a player's request would be refused. */
export const callerOf = Effect.fnUntraced(function* (callers: Callers, headers: Headers) {
  if (!admits(callers, headers.get(gatewayTokenHeader) ?? "")) return null
  const userId = headers.get(userIdHeader) ?? ""
  if (!uuidPattern.test(userId)) return null
  if ((yield* (yield* Standing).of(UserId.make(userId))) !== "active") return null
  const session = headers.get(deviceSessionIdHeader) ?? ""
  return { userId, deviceSessionId: uuidPattern.test(session) ? session : undefined } satisfies Caller
})
