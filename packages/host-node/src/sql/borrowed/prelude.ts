/** What a transaction on a foreign connection begins with: settings that end with it, and the question who may write. */
import type { SqlError } from "effect/sql"
import type { Statement } from "./Batch.ts"
import { isRefusal } from "./faults.ts"

/** What our transactions need. */
export interface PreludeOptions {
  /** By which the next owner of the database finds and ends them. Letters, digits and spaces. */
  readonly applicationName: string
  readonly statementTimeoutMs: number
  /** `server_version_num` */
  readonly serverVersion: number
  /** A query that fails with a division by zero unless this backend owns the database; undefined without owners. */
  readonly gate: string | undefined
  /** What such a failure means. */
  readonly notOwner: () => SqlError.SqlError
}

/** Statements after `BEGIN`, the last of which is the gate. */
export interface Prelude {
  readonly statements: ReadonlyArray<Statement>
  /** The error of the last statement, as it is meant. */
  readonly refusal: (error: SqlError.SqlError) => SqlError.SqlError
}

/** Isolation and access as our statements expect them, whatever is the default of a connection. */
export const beginning = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE NOT DEFERRABLE"

const divisionByZero = "22012"

/** The first server that bounds whole transactions. */
const transactionTimeouts = 170_000

/** Settings of the role and the database count; what somebody has set on the connection since doesn't. */
const asAtStart = [
  "SESSION AUTHORIZATION DEFAULT",
  "role TO DEFAULT",
  "search_path TO DEFAULT",
  "synchronous_commit TO DEFAULT"
]

const settings = ({ applicationName, statementTimeoutMs, serverVersion }: PreludeOptions) => ({
  application_name: applicationName,
  // The server ends what its client has given up, so that no lock of a lost connection blocks the next one.
  statement_timeout: `${statementTimeoutMs}`,
  idle_in_transaction_session_timeout: `${statementTimeoutMs}`,
  lock_timeout: "0",
  ...(serverVersion >= transactionTimeouts ? { transaction_timeout: "0" } : {}),
  client_encoding: "UTF8",
  standard_conforming_strings: "on",
  // The forms in which values are read.
  timezone: "UTC",
  datestyle: "ISO, YMD",
  intervalstyle: "postgres",
  bytea_output: "hex",
  extra_float_digits: "1"
})

const select = (values: Readonly<Record<string, string>>): string =>
  `SELECT ${Object.entries(values)
    .map(([name, value]) => `set_config('${name}', '${value}', true)`)
    .join(", ")}`

/** The same for all transactions of a backend. */
export const make = (options: PreludeOptions): Prelude => {
  const { gate, notOwner } = options
  const texts = [
    ...asAtStart.map((it) => `SET LOCAL ${it}`),
    select(settings(options)),
    ...(gate === undefined ? [] : [gate])
  ]
  const refused = ({ reason }: SqlError.SqlError) => isRefusal(reason.cause) && reason.cause.code === divisionByZero
  return {
    statements: texts.map((text) => ({ text, values: [] })),
    refusal: (error) => (gate !== undefined && refused(error) ? notOwner() : error)
  }
}
