/** What the demo was asked for: a platform of its own, or a running one. */
import { parseArgs } from "node:util"
import type { DemoTarget } from "./Player.ts"
import { turns } from "./scenario.ts"

/** Printed for `--help`, and for arguments that aren't understood. */
export const usage = `npm run demo: two players sign in and finish ${turns} turns of a game on a platform of their own, and leave nothing behind.

npm run demo -- --gateway URL [--gateway URL] --backend URL --mails URL
  The same on a running platform whose mails are caught. The second gateway is the second player's. From the environment
  come DEMO_MAIL_KEY (of the page of caught mails), DEMO_ADMIN_USER (root) and DEMO_ADMIN_PASSWORD.
  What is played stays there.
`

/** What to do: help, a complaint, or the story on `target`, which is undefined for a platform of its own. */
export type Asked =
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly problem: string }
  | { readonly kind: "play"; readonly target: DemoTarget | undefined }

const wrong = (problem: string): Asked => ({ kind: "wrong", problem })

const originOf = (text: string | undefined): string | undefined =>
  text !== undefined && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
    ? new URL(text).origin
    : undefined

/** Reads the command line and, for a running platform, its secrets. */
export const asked = (args: ReadonlyArray<string>, env: Readonly<Record<string, string | undefined>>): Asked => {
  const one = { type: "string" } as const
  const options = { gateway: { ...one, multiple: true }, backend: one, mails: one, help: { type: "boolean" } } as const
  try {
    const { values } = parseArgs({ args: [...args], options })
    if (values.help === true) return { kind: "help" }
    if (Object.keys(values).length === 0) return { kind: "play", target: undefined }
    const [first, second, third] = values.gateway ?? []
    const gatewayUrl = originOf(first)
    const secondGatewayUrl = originOf(second)
    const backendUrl = originOf(values.backend)
    const mailPageUrl = originOf(values.mails)
    if (gatewayUrl === undefined || backendUrl === undefined || mailPageUrl === undefined) {
      return wrong("--gateway, --backend and --mails must be URLs such as http://127.0.0.1:8080")
    }
    if (third !== undefined || (second !== undefined && secondGatewayUrl === undefined)) {
      return wrong("--gateway may be given once or twice, each time with a URL")
    }
    const { DEMO_MAIL_KEY: mailPageKey = "", DEMO_ADMIN_USER: adminUser = "root" } = env
    const { DEMO_ADMIN_PASSWORD: adminPassword = "" } = env
    if (mailPageKey === "" || adminPassword === "") return wrong("DEMO_MAIL_KEY and DEMO_ADMIN_PASSWORD must be set")
    const target = { gatewayUrl, secondGatewayUrl, backendUrl, mailPageUrl, mailPageKey, adminUser, adminPassword }
    return { kind: "play", target }
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error))
  }
}
