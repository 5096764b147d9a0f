/** The lock of an e-mail address, which its sign-ins, its blocks and the making of its account share. */
import type { SqlClient } from "effect/sql"
import { textLock } from "../shared/textLock.ts"

/** Waits for the address's lock, and holds it until the transaction ends. The address is in its normal form. */
export const addressTurn = (sql: SqlClient.SqlClient, email: string) => textLock(sql, email)
