/** Calls of the backend against the bare statements that they need. */
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { address, codeOf, publicKey } from "../../packages/core/test/auth/fixture.ts"
import { measure } from "../measure.ts"
import { expectOk, runningGame } from "./games.ts"
import type { Started } from "./platform.ts"
import type { Recorded } from "./recording.ts"
import { type Replayer, replayer } from "./replay.ts"

/** One line of the table. */
export interface CallRate {
  readonly name: string
  /** Statements of one call, transaction control included. */
  readonly statements: number
  readonly perSecond: number
  /** Of the bare statements, one after the other on one connection. */
  readonly barePerSecond: number
}

const signUp = async ({ call, context }: Started, email = address()) => {
  const send = (path: string, body: unknown) =>
    expectOk(call("gateway", "POST", `/api/v1/public/auth/${path}`, body, { "x-forwarded-for": "192.0.2.7" }))
  const { challenge_id: challenge = "" } = await send("send-email-code", { email })
  // Reading the mail is the player's part, and counts with neither side.
  const code = await Effect.runPromise(Effect.provide(codeOf(challenge), context))
  return send("confirm-email-code", { challenge_id: challenge, code, client_public_key: publicKey, time_zone: "UTC" })
}

const idPattern = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

/** Ids that a call was given, in its path or body: they were there before it. */
const idsIn = (statements: ReadonlyArray<Recorded>) => new Set(JSON.stringify(statements).match(idPattern))

/** A player's first sign-in: two calls, with all that they write. */
const signUps = async (started: Started, bare: Replayer): Promise<CallRate> => {
  const { database, context } = started
  const email = address()
  let session = ""
  const statements = await database.record(async () => {
    session = (await signUp(started, email))["device_session_id"] ?? ""
  })
  const [account] = await Effect.runPromise(
    Effect.provide(
      Effect.flatMap(
        SqlClient.SqlClient,
        (sql) => sql<{ name: string }>`
          SELECT user_name AS name FROM backend.accounts JOIN backend.device_sessions USING (user_id)
          WHERE device_session_id = ${session}`
      ),
      context
    )
  )
  // Reading the code from the outbox isn't part of it.
  const own = statements.filter((it) => !it.text.includes("p.body"))
  const again = bare.prepare(own, new Set(), [email, account?.name ?? ""])
  const [slowest, ours] = await measure([
    { name: "bare", once: again },
    { name: "sign-up", once: () => signUp(started) }
  ])
  return {
    name: "sign-up (code sent and confirmed)",
    statements: own.length,
    perSecond: ours?.perSecond ?? 0,
    barePerSecond: slowest?.perSecond ?? 0
  }
}

/** Measures every call in interleaved rounds. */
export const calls = async (started: Started): Promise<ReadonlyArray<CallRate>> => {
  const { call, database } = started
  const { gameId, owner } = await runningGame(started, 4)
  const { device_session_id: session = "" } = await signUp(started)
  const lookup = () => expectOk(call("gateway", "GET", `/api/v1/internal/sessions/${session}`))
  const signedUp = ((await lookup())["user_id"] ?? "") as UserId
  const as = (id: UserId, method: string, path: string, body?: unknown) => () =>
    expectOk(call({ user: id }, method, `/api/v1/user${path}`, body))
  const works = {
    "session lookup": lookup,
    account: as(signedUp, "GET", "/account"),
    "own games": as(owner, "GET", "/lobby/my/games"),
    "orders of a turn": as(owner, "POST", `/games/${gameId}/orders`, { turn: 0, orders: [] }),
    report: as(owner, "GET", `/games/${gameId}/reports/0`)
  }
  const bare = await replayer(database.url())
  const lines: Array<CallRate> = []
  for (const [name, once] of Object.entries(works)) {
    await once()
    const statements = await database.record(once)
    const [slowest, ours] = await measure([
      { name: "bare", once: bare.prepare(statements, idsIn(statements), []) },
      { name, once }
    ])
    lines.push({
      name,
      statements: statements.length,
      perSecond: ours?.perSecond ?? 0,
      barePerSecond: slowest?.perSecond ?? 0
    })
  }
  lines.push(await signUps(started, bare))
  await bare.stop()
  return lines
}
