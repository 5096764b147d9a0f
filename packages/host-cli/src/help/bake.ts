/** Makes the files of help and the manual page that come with the bundle. Runs when it is built. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { tree } from "../tree/build.ts"
import { allDocs } from "./docs.ts"
import { manPage } from "./man.ts"
import { pagesFile } from "./pagesFile.ts"
import { quickPages } from "./quick.ts"

/** Writes them into the folder. */
export const bake = async (folder: string): Promise<void> => {
  const pages = await Effect.runPromise(allDocs(tree()))
  writeFileSync(join(folder, pagesFile), JSON.stringify(quickPages(pages)))
  writeFileSync(join(folder, "galaxy-admin.1"), manPage(pages))
}
