/** A process that serves and ends the first time, and can't start again. */
import { existsSync, writeFileSync } from "node:fs"

const marker = process.env["TEST_MARKER"] ?? ""
if (existsSync(marker)) {
  process.stderr.write("Galaxy stopped: the moon is in the way\n")
  process.exitCode = 1
} else {
  writeFileSync(marker, "")
  process.send?.({ type: "serving" }, undefined, undefined, () => process.exit(3))
}
