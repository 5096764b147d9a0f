/**
 * PGlite's program. Compiling it takes longer than opening a database, so it is compiled by the first thread that needs
 * it, and the others of the process share it, with all that was compiled of it on their way.
 */
import { readFile } from "node:fs/promises"

/** A compiled program, which threads can hand to each other. */
export interface Program {
  readonly [Symbol.toStringTag]: "WebAssembly.Module"
}

/** The types of Node don't know it. */
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<Program> }

/** Compiles it. Rejects if the installed package has no such file. */
export const compile = async (): Promise<Program> =>
  WebAssembly.compile(await readFile(new URL("pglite.wasm", import.meta.resolve("@electric-sql/pglite"))))
