/** Docker's command line, for what tests do beside the platform. */
import { execFile } from "node:child_process"
import { promisify } from "node:util"

const run = promisify(execFile)

/** What the command writes. Rejects with its error where it fails. */
export const docker = async (host: string, ...args: ReadonlyArray<string>): Promise<string> => {
  const env = { ...process.env, NODE_OPTIONS: "", DOCKER_HOST: host }
  const { stdout } = await run("docker", args, { env, timeout: 120_000, maxBuffer: 1e8 })
  return stdout.trim()
}

/** Builds an image from a few lines, which may name one that is there. */
export const imageOf = async (host: string, tag: string, ...lines: ReadonlyArray<string>): Promise<string> => {
  const env = { ...process.env, NODE_OPTIONS: "", DOCKER_HOST: host }
  const building = run("docker", ["build", "--tag", tag, "-"], { env, timeout: 120_000 })
  building.child.stdin?.end(lines.join("\n"))
  await building
  return tag
}
