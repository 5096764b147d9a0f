import { join } from "node:path"
import { expect, it } from "vitest"
import { resolveConfig } from "vite"
import { root } from "../lib/tree.ts"

it("a clone in which nothing is compiled can build the page: both halves take sources of other packages", async () => {
  const web = join(root, "packages/web")
  const { environments } = await resolveConfig({ root: web, configFile: join(web, "vite.config.ts") }, "build")
  expect(environments["client"]?.resolve.conditions).toContain("@galaxy/source")
  expect(environments["ssr"]?.resolve.conditions).toContain("@galaxy/source")
})
