/** Statements on a person's rows, made of the declaration in `account/personalData.ts`. */
import { personalData, type TableDeclaration } from "../account/personalData.ts"
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Effect } from "effect"
import { SqlClient, type SqlError } from "effect/sql"

/** By what rows of a person are found. */
export interface Person {
  readonly userId: UserId
  readonly email: string
  /** Of `SignInNetworks.mark`. */
  readonly networkAddress: Uint8Array
  /** Of `BlockedAddresses.bytesOf`. */
  readonly blockedAddress: Uint8Array
}

const names = /:(user|address|network_address|blocked_address)\b/g

/** Replaces `:user` and the like by numbered parameters, of which a statement has only those that it uses. */
const bound = (text: string, person: Person) => {
  const values = {
    user: person.userId,
    address: person.email,
    network_address: person.networkAddress,
    blocked_address: person.blockedAddress
  }
  const types = { user: "uuid", address: "text", network_address: "bytea", blocked_address: "bytea" }
  const used: Array<keyof typeof values> = []
  const statement = text.replace(names, (_, name: keyof typeof values) => {
    if (!used.includes(name)) used.push(name)
    return `$${used.indexOf(name) + 1}::${types[name]}`
  })
  return { statement, parameters: used.map((it) => values[it]) }
}

const erasing = (table: string, { of, erase }: TableDeclaration): string | undefined => {
  if (of === undefined || erase === undefined || erase.by === "keeping") return undefined
  if (erase.by === "removing") return `DELETE FROM backend.${table} WHERE ${of}`
  const set = Object.entries(erase.columns).map(([column, value]) => `${column} = ${value}`)
  const only = erase.only === undefined ? "" : ` AND ${erase.only}`
  return `UPDATE backend.${table} SET ${set.join(", ")} WHERE (${of})${only}`
}

/** Erases everything personal; joins the caller's transaction. */
export const eraseRows = (person: Person): Effect.Effect<void, SqlError.SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    for (const [table, declaration] of Object.entries(personalData)) {
      const text = erasing(table, declaration)
      if (text === undefined) continue
      const { statement, parameters } = bound(text, person)
      yield* sql.unsafe(statement, parameters)
    }
  })

/** Most rows of one table in an export. */
export const mostRows = 10_000

/** A person's rows of each table that has any, without secrets, and the tables of which not all fit. */
export const collectRows = (person: Person) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const tables: Record<string, ReadonlyArray<unknown>> = {}
    const cut: Array<string> = []
    for (const [table, { of, secret = [] }] of Object.entries(personalData)) {
      if (of === undefined) continue
      const left = secret.map((column) => ` - '${column}'`).join("")
      const { statement, parameters } = bound(
        `SELECT to_jsonb(${table})${left} AS row FROM backend.${table} WHERE ${of} LIMIT ${mostRows + 1}`,
        person
      )
      const rows = yield* sql.unsafe<{ readonly row: unknown }>(statement, parameters)
      if (rows.length > mostRows) cut.push(table)
      if (rows.length > 0) tables[table] = rows.slice(0, mostRows).map((it) => it.row)
    }
    return { tables, cut }
  })
