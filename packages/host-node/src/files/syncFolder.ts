/** Folders on disk. */
import { open } from "node:fs/promises"

/** Writes a folder's names to disk: the name of a new file is safe only once its folder is. Rejects as the system does. */
export const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, "r")
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
