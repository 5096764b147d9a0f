/**
 * Files and folders that no other user of the machine may read.
 *
 * Where permissions are not kept as a mode (Windows), what a user's folder inherits is the user's alone already.
 */
import { chmodSync, statSync } from "node:fs"

const others = 0o077

export const isOpenToOthers = (path: string): boolean =>
  process.platform !== "win32" && (statSync(path).mode & others) !== 0

/** Takes everything from the group and from others; fails as the file system does. */
export const keepPrivate = (path: string): void => {
  if (isOpenToOthers(path)) chmodSync(path, statSync(path).mode & 0o7777 & ~others)
}
