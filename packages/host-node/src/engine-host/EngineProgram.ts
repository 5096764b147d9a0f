/**
 * What an image reference means where engines are child processes: `builtin:<version>` is the engine of this
 * installation, whatever the version. A game started with an older one goes on with it, since state files carry their
 * own version.
 */
import { fileURLToPath } from "node:url"

/** A command that runs without a shell: the executable and its arguments. */
export interface EngineProgram {
  readonly file: string
  readonly args: ReadonlyArray<string>
}

/** The version that the built-in engine is registered under. */
export const builtinVersion = "0.1.0"
/** The image reference of the built-in engine, as registered with the backend. */
export const builtinImage = `builtin:${builtinVersion}`

const extension = import.meta.url.endsWith(".ts") ? "ts" : "js"
const main = fileURLToPath(new URL(`../engine/main.${extension}`, import.meta.url))

/** The command for an image, or undefined for any other image; `heapMb` bounds its heap. */
export const programOf = (imageRef: string, heapMb: number): EngineProgram | undefined => {
  if (!/^builtin:\d+\.\d+\.\d+$/.test(imageRef)) return undefined
  return {
    file: process.execPath,
    args: [
      `--max-old-space-size=${heapMb}`,
      ...(extension === "ts" ? ["--conditions=@galaxy/source", "--disable-warning=ExperimentalWarning"] : []),
      main
    ]
  }
}
