/** `npm run conformance`: the testkit's command, in the folder that npm was called from. */
import { main } from "@galaxy/testkit/conformance/main"

process.exitCode = await main(process.argv.slice(2), process.env["INIT_CWD"] ?? process.cwd())
