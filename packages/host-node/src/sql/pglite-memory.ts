/** The files of a PGlite in memory that starts from an image. */
import { readFileSync } from "node:fs"
import { EmscriptenBuiltinFilesystem } from "@electric-sql/pglite/basefs"
import * as DataImage from "./DataImage.ts"

/** What is used here of PGlite's files, whose types its package leaves out. */
interface Files {
  mkdirTree(path: string, mode: number): void
  mkdir(path: string, mode: number): void
  writeFile(path: string, bytes: Uint8Array, options: { readonly canOwn: boolean }): void
}

/** Where PGlite expects its data folder. */
const dataFolder = "/pglite/data"

/** Files in memory, at first those of the image at a path. */
export class ImageFilesystem extends EmscriptenBuiltinFilesystem {
  readonly #image: string

  constructor(image: string) {
    super()
    this.#image = image
  }

  override async initialSyncFs(): Promise<void> {
    const files = this.pg?.Module.FS as Files | undefined
    if (files === undefined) throw new Error("PGlite asks for files before it has told who it is")
    files.mkdirTree(dataFolder, 0o700)
    for (const { bytes, path } of DataImage.entries(readFileSync(this.#image))) {
      const at = `${dataFolder}${path}`
      if (bytes === undefined) files.mkdir(at, 0o700)
      // The file takes the bytes over, and isn't copied.
      else files.writeFile(at, bytes, { canOwn: true })
    }
  }
}
