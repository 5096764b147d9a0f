/** The platform's images for tests that need Docker: built once for all of them, as long as their content is the same. */
import { execFile } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { imageNames, type PlatformImages } from "./names.ts"

const run = promisify(execFile)
const builder = join(import.meta.dirname, "build.ts")

let built: Promise<PlatformImages> | undefined

/** Names of the images, which are there when it resolves. `env` is that of `dockerForTests`. Takes half a minute at first. */
export const platformImages = (env: NodeJS.ProcessEnv): Promise<PlatformImages> => {
  // In a process of its own: waiting for the lock would stop everything else in this one.
  built ??= run(process.execPath, [builder], { env, maxBuffer: 1e8 }).then(({ stdout }) => imageNames(stdout))
  return built
}

/** The engine's image as another version, which it reports; made in a second. */
export const engineImageOf = async (version: string, env: NodeJS.ProcessEnv): Promise<string> => {
  const { engine } = await platformImages(env)
  const tag = engine.replace(/:[^:]*$/, `:${version}`)
  const folder = await mkdtemp(join(tmpdir(), "galaxy-engine-version-"))
  try {
    const label = `LABEL org.opencontainers.image.version="${version}"`
    await writeFile(join(folder, "Containerfile"), `FROM ${engine}\nENV GALAXY_ENGINE_VERSION="${version}"\n${label}\n`)
    await run("docker", ["build", "--file", join(folder, "Containerfile"), "--tag", tag, folder], { env })
    return tag
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
