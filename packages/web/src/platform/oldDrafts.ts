/** Drafts of users who have signed out, whoever opens the page. */
import { userOfDatabase } from "./gameDatabases.ts"

/**
 * Deletes those whose time is over. A browser that can't list its databases does so when such a user signs in again.
 * Rejects where the storage fails.
 */
export const dropOldDrafts = async (): Promise<void> => {
  if (!("databases" in indexedDB)) return
  const userIds = (await indexedDB.databases()).flatMap(({ name }) => userOfDatabase(name) ?? [])
  if (userIds.length > 0) await (await import("./gameStorage.ts")).tidy(userIds)
}
