/** Whether the backend takes this gateway's token, asked once before anything is started. */
import { gatewayTokenHeader } from "@galaxy/contract/api/Identity"
import { Effect, Redacted } from "effect"
import { Agent, request } from "undici"
import { endAgent } from "../net/endAgent.ts"

/** Longest time for the answer; a backend that takes longer counts as unreachable. */
const patienceMs = 2_000

/** A session that nobody has: only the status matters. */
const path = "/api/v1/internal/sessions/00000000-0000-0000-0000-000000000000"

/**
 * Returns whether the backend refuses callers with this token. One that can't be reached, or answers anything else, doesn't:
 * a gateway may start before its backend.
 */
export const refusesToken = (url: string, token: Redacted.Redacted | undefined): Effect.Effect<boolean> =>
  Effect.promise(async () => {
    const dispatcher = new Agent({ connections: 1, connect: { timeout: patienceMs } })
    try {
      const answer = await request(new URL(path, url), {
        dispatcher,
        signal: AbortSignal.timeout(patienceMs),
        headers: token === undefined ? {} : { [gatewayTokenHeader]: Redacted.value(token) }
      })
      await answer.body.dump()
      return answer.statusCode === 401 || answer.statusCode === 403
    } catch {
      return false
    } finally {
      await endAgent(dispatcher)
    }
  })
