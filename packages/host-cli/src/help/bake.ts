/** Makes the files of help that come with the bundle. Runs when it is built. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { tree } from "../tree/build.ts"
import { allDocs } from "./docs.ts"
import { pagesFile } from "./pagesFile.ts"
import { quickPages } from "./quick.ts"

/** Writes them into the folder. */
export const bake = async (folder: string): Promise<void> => {
  const pages = await Effect.runPromise(allDocs(tree()))
  writeFileSync(join(folder, pagesFile), JSON.stringify(quickPages(pages)))
}
