/** Runs programs to their end, npm above all, for scripts and their tests. */
import { execFile } from "node:child_process"
import { promisify } from "node:util"

/** What a program wrote. */
export interface Ran {
  readonly stdout: string
  readonly stderr: string
}

/** How a program is run. */
export interface RunOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  /** Longest time in milliseconds, after which it is killed; ten minutes when absent. */
  readonly timeoutMs?: number
}

/** Lists of files and reports of npm have some megabytes; nothing honest is longer. */
const maxBuffer = 100_000_000

/** Runs a program to its end; rejects with what it wrote if it fails or takes too long. */
export const run = async (
  program: string,
  args: ReadonlyArray<string>,
  { timeoutMs = 600_000, ...options }: RunOptions = {}
): Promise<Ran> => promisify(execFile)(program, [...args], { ...options, timeout: timeoutMs, maxBuffer })

/** Runs npm in a folder, which says nothing but errors, and returns what it printed. */
export const npm = async (
  folder: string,
  args: ReadonlyArray<string>,
  options: Omit<RunOptions, "cwd"> = {}
): Promise<string> => (await run("npm", [...args, "--loglevel=error"], { ...options, cwd: folder })).stdout

/** What `npm pack` says of the one package in a folder; an error where it packs nothing. */
export const pack = async <A>(
  folder: string,
  args: ReadonlyArray<string>,
  options: Omit<RunOptions, "cwd"> = {}
): Promise<A> => {
  const answer = JSON.parse(await npm(folder, ["pack", "--json", ...args], options)) as Record<string, A>
  const [packed] = Object.values(answer)
  if (packed === undefined) throw new Error(`npm packs nothing of ${folder}`)
  return packed
}
