/** What tests need that start servers of their own, beside the one that all share. */
import { findPostgres } from "../services/executables.ts"

export { unprivileged } from "../services/postgres.ts"
export { freePort } from "../services/process.ts"

/** The folder of PostgreSQL's programs, if this machine has them. */
export const postgresPrograms = findPostgres()
