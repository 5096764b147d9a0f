/** Modules of another source tree. */
import { resolve } from "node:path"
import { pathToFileURL } from "node:url"

/** A module of the tree; `A` is the same module as this tree has it. */
export const moduleOf = async <A>(tree: string, path: string): Promise<A> =>
  (await import(pathToFileURL(resolve(tree, path)).href)) as A
