/** Calls of the admin API with the first administrator's password, for what only operators can do or see. */
import type * as AdminGames from "@galaxy/contract/api/admin/Games"
import type * as UserLobby from "@galaxy/contract/api/UserLobby"
import { AdminCallFailed } from "../TestkitError.ts"
import { admin } from "./parts.ts"
import { patienceMs } from "./patience.ts"

/** A game as the admin API shows it: JSON, with times as ISO 8601. */
export type Game = typeof UserLobby.Game.Encoded
/** Why a game makes its next turn when it does. */
export type GameWhy = typeof AdminGames.GameWhy.Encoded

const credentials = `Basic ${Buffer.from(`${admin.user}:${admin.password}`).toString("base64")}`

interface Refusal {
  readonly error?: { readonly code?: string; readonly message?: string }
}

/** One call; `path` begins after `/api/v1/admin`. Rejects with `AdminCallFailed`. */
export type AdminCall = <A>(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: unknown) => Promise<A>

/** The calls of the backend at this origin. */
export const adminCalls =
  (origin: string): AdminCall =>
  async <A>(method: string, path: string, body?: unknown): Promise<A> => {
    const failed = (status: number, code: string, why: string) =>
      new AdminCallFailed({ status, code, message: `${method} ${path}: ${why}` })
    const answer = await fetch(`${origin}/api/v1/admin${path}`, {
      method,
      headers: {
        authorization: credentials,
        "x-galaxy-admin": "testkit",
        ...(body === undefined ? {} : { "content-type": "application/json" })
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(patienceMs)
    }).catch(() => {
      throw failed(0, "", "the backend can't be reached")
    })
    const text = await answer.text()
    const json = ((): unknown => {
      try {
        return text === "" ? null : (JSON.parse(text) as unknown)
      } catch {
        throw failed(answer.status, "", "the answer is not valid JSON")
      }
    })()
    if (answer.ok) return json as A
    const { error } = (json ?? {}) as Refusal
    throw failed(answer.status, error?.code ?? "", error?.message ?? `status ${answer.status}`)
  }
