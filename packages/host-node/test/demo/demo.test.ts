import { assert, it } from "vitest"
import { Process } from "../processes/Process.ts"

it("the demo plays its turns and says that all went as promised", async () => {
  const demo = new Process("demo/main.ts")
  const end = await demo.ended
  assert.strictEqual(end.code, 0, demo.output)
  assert.include(demo.output, "all as promised")
  assert.match(demo.output, /^8\s+Terrans/m)
}, 330_000)
