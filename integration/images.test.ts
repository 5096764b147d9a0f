/** The platform's images: what is in them, and how they run on a file system that can't be written to. */
import { execFile } from "node:child_process"
import { randomUUID } from "node:crypto"
import { promisify } from "node:util"
import { beforeAll, describe, expect, it } from "vitest"
import { dockerForTests } from "./docker.ts"
import type { PlatformImages } from "./images/names.ts"
import { engineImageOf, platformImages } from "./images/platformImages.ts"

const env = dockerForTests("the platform's images")
const run = promisify(execFile)

describe.skipIf(env === undefined)("the platform's images", () => {
  let images: PlatformImages
  const docker = async (...args: ReadonlyArray<string>) => {
    const { stdout, stderr } = await run("docker", args, { env: env ?? {}, timeout: 120_000 })
    return stdout + stderr
  }
  const hardened = "--rm --read-only --cap-drop ALL --security-opt no-new-privileges --init --network none".split(" ")
  const inspect = async (image: string) =>
    // oxlint-disable-next-line typescript/no-explicit-any -- Docker's own form
    (JSON.parse(await docker("image", "inspect", image)) as ReadonlyArray<any>)[0]

  beforeAll(async () => {
    images = await platformImages(env ?? {})
  }, 600_000)

  it("run as nobody special, name themselves, and are small", async () => {
    for (const image of Object.values(images)) {
      const { Config, Size } = await inspect(image)
      expect(Size).toBeLessThan(200e6)
      if (image === images.node) continue
      expect(Config.User).toBe("1000:1000")
      expect(Config.Labels).toMatchObject({
        "org.opencontainers.image.title": expect.stringContaining("Galaxy"),
        "org.opencontainers.image.licenses": "Apache-2.0"
      })
    }
    for (const image of [images.backend, images.gateway, images.userProcess]) {
      const { Config } = await inspect(image)
      expect(Config.Labels["org.opencontainers.image.version"]).toBe("0.1.0")
      expect(Config.Healthcheck.Test[0]).toBe("CMD")
    }
  })

  it("hold every module and native addon that their programs load", async () => {
    for (const image of [images.backend, images.gateway, images.userProcess]) {
      expect(await docker("run", ...hardened, image, "--help")).toContain("Usage: galaxy-")
    }
    const loads = (image: string, module: string) =>
      docker("run", ...hardened, "--entrypoint", "node", image, "-e", `require("${module}"); console.log("loaded")`)
    expect(await loads(images.backend, "@node-rs/bcrypt")).toContain("loaded")
    expect(await loads(images.gateway, "sodium-native")).toContain("loaded")
  })

  it("refuse to start without their settings, and say which", async () => {
    const refusal = (image: string) =>
      docker("run", ...hardened, image).then(
        () => "",
        (error: { readonly stderr: string; readonly code: number }) => `${error.code} ${error.stderr}`
      )
    expect(await refusal(images.backend)).toMatch(/^2 .*BACKEND_POSTGRES_DSN/s)
    expect(await refusal(images.gateway)).toMatch(/^2 .*GATEWAY_REDIS_URL/s)
    expect(await refusal(images.mail)).toMatch(/^2 .*MAIL_SMTP_PASSWORD/s)
    expect(await refusal(images.services)).toMatch(/^2 .*POSTGRES_PASSWORD/s)
  })

  it("are there for another version of the engine too", async () => {
    const version = `0.1.${Number.parseInt(randomUUID().slice(0, 4), 16)}`
    const image = await engineImageOf(version, env ?? {})
    const { Config } = await inspect(image)
    expect(Config.Env).toContain(`GALAXY_ENGINE_VERSION=${version}`)
    expect(Config.Labels["org.opencontainers.image.version"]).toBe(version)
    await docker("image", "rm", image)
  })
})
