/** The page about the protocols says what the table tests. */
import { fileURLToPath } from "node:url"
import { expect, it } from "@effect/vitest"
import { pageOf } from "./page.ts"
import { table } from "./table.ts"

it("docs/reference/protocols.md is the table; with -u it is written", async () => {
  const page = fileURLToPath(new URL("../../../../../docs/reference/protocols.md", import.meta.url))
  await expect(pageOf(table)).toMatchFileSnapshot(page)
})
