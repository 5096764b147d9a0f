/** A stranger's empty folder: npm create, npm install, npm test, npm start, and the operators' command line. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { templates } from "@galaxy/create/templates"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type Rehearsal, rehearse } from "./rehearse.ts"

let release: Rehearsal
beforeAll(async () => {
  release = await rehearse()
}, 300_000)
afterAll(() => release?.close())

const create = async (template: string): Promise<string> => {
  const folder = `my-${template}`
  await release.npm(release.folder, "create", "--yes", "@galaxy", folder, "--", "--template", template)
  return join(release.folder, folder)
}

it.each(templates)("npm create makes $name, and its dependencies are found", async ({ name }) => {
  const folder = await create(name)
  expect(JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))).toMatchObject({ name: `my-${name}` })
  expect(existsSync(join(folder, ".gitignore"))).toBe(true)
  await release.npm(folder, "install", "--package-lock-only", "--no-audit", "--no-fund")
})

it("the starter is tested, started and administered", async () => {
  const folder = join(release.folder, "my-starter")
  await release.npm(folder, "install", "--no-audit", "--no-fund")
  await release.npm(folder, "test")
  const at = "127.0.0.1:0"
  const settings = {
    GATEWAY_HTTP_ADDR: at,
    BACKEND_HTTP_ADDR: at,
    BACKEND_GRPC_PUSH_ADDR: at,
    GALAXY_MAIL_PAGE_ADDR: at
  }
  const platform = spawn("npm", ["start", "--silent"], { cwd: folder, env: { ...release.env(), ...settings } })
  try {
    await new Promise<void>((resolve, reject) => {
      const said: Array<string> = []
      createInterface({ input: platform.stdout }).on("line", (line) => {
        said.push(line)
        if (existsSync(join(folder, ".galaxy/running.json"))) resolve()
      })
      createInterface({ input: platform.stderr }).on("line", (line) => said.push(line))
      platform.once("exit", () => reject(new Error(said.join("\n"))))
    })
    const { stdout } = await release.npm(folder, "run", "admin", "--silent", "--", "game", "list", "-o", "json")
    expect(JSON.parse(stdout)).toEqual({ items: [] })
    const running = JSON.parse(readFileSync(join(folder, ".galaxy/running.json"), "utf8")) as { gateway_url: string }
    const page = await fetch(running.gateway_url)
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"])
  } finally {
    platform.kill("SIGTERM")
    if (platform.exitCode === null) await once(platform, "exit")
  }
})
