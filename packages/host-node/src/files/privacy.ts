/**
 * Files and folders that no other user of the machine may read.
 *
 * Windows has no such modes; there, what is in a user's folder already belongs to that user alone.
 */
import { chmodSync, statSync } from "node:fs"

const others = 0o077

/** Whether the group or others have any access; always false on Windows. Throws as the file system does. */
export const isOpenToOthers = (path: string): boolean =>
  process.platform !== "win32" && (statSync(path).mode & others) !== 0

/** Removes all access of the group and of others; throws as the file system does. */
export const keepPrivate = (path: string): void => {
  if (isOpenToOthers(path)) chmodSync(path, statSync(path).mode & 0o7777 & ~others)
}
