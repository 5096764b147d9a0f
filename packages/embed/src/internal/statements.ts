/**
 * Statements by template, whose values are parameters whatever they are.
 *
 * Effect tells fragments of SQL from values by string keys, which JSON of a stranger can have too. So nothing but values
 * that are no objects of their own gets through, and each is wrapped here.
 */
import { Effect } from "effect"
import { SqlClient, Statement } from "effect/sql"
import { type Sql, StatementRefused } from "../transaction.ts"

type Run = <A, E>(effect: Effect.Effect<A, E, SqlClient.SqlClient>) => Promise<A>

const isSingle = (value: unknown): boolean => {
  switch (typeof value) {
    case "string":
    case "number":
    case "bigint":
    case "boolean":
    case "undefined":
      return true
    default:
      return value === null || value instanceof Date || value instanceof Uint8Array
  }
}

const parameterOf = (value: unknown, place: number): Statement.Fragment => {
  if (!(Array.isArray(value) ? value.every(isSingle) : isSingle(value)))
    throw new StatementRefused(
      `value ${place + 1} of the statement is an object: give JSON as \${JSON.stringify(value)}::text::jsonb`
    )
  return Statement.fragment([Statement.parameter(Array.isArray(value) ? value.slice() : value)])
}

/** Statements run by `run`. */
export const sqlOf =
  (run: Run): Sql =>
  async <Row extends object>(strings: TemplateStringsArray, ...values: ReadonlyArray<unknown>) => {
    if (!Array.isArray(strings) || !Object.hasOwn(strings, "raw"))
      throw new StatementRefused("write the statement as a template: sql`SELECT 1`")
    const parameters = values.map(parameterOf)
    return run(Effect.flatMap(SqlClient.SqlClient, (sql) => sql<Row>(strings, ...parameters)))
  }
