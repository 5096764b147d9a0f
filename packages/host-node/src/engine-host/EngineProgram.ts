/**
 * What an image reference means where engines are child processes: `builtin:<version>` is the engine of this very
 * installation. A game that was started with an older one goes on with it: state files carry a version of their own.
 */
import { fileURLToPath } from "node:url"

export interface EngineProgram {
  readonly file: string
  readonly args: ReadonlyArray<string>
}

/** The version that the built-in engine is registered under. */
export const builtinVersion = "0.1.0"
export const builtinImage = `builtin:${builtinVersion}`

const extension = import.meta.url.endsWith(".ts") ? "ts" : "js"
const main = fileURLToPath(new URL(`../engine/main.${extension}`, import.meta.url))

/** The command of an image, or undefined where there is no such image. */
export const programOf = (imageRef: string, memoryMb: number): EngineProgram | undefined => {
  if (!/^builtin:\d+\.\d+\.\d+$/.test(imageRef)) return undefined
  return {
    file: process.execPath,
    args: [
      `--max-old-space-size=${memoryMb}`,
      ...(extension === "ts" ? ["--conditions=@galaxy/source", "--disable-warning=ExperimentalWarning"] : []),
      main
    ]
  }
}
