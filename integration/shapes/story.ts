/** The demo's story on a running platform, as an operator would play it. */
import { execFile } from "node:child_process"
import { join } from "node:path"
import { promisify } from "node:util"
import { root } from "../../scripts/lib/tree.ts"

/** Where the platform is. Origins. */
export interface Addresses {
  readonly gateways: readonly [string, string]
  readonly backend: string
  readonly mails: string
}

/** What the operator knows. */
export interface Secrets {
  readonly adminPassword: string
  readonly mailKey: string
}

const demo = join(root, "packages/host-node/src/demo/main.ts")

/** Plays it and returns what was printed; rejects with it if something wasn't as promised. */
export const playStory = async ({ gateways, backend, mails }: Addresses, secrets: Secrets): Promise<string> => {
  const places = [...gateways.flatMap((it) => ["--gateway", it]), "--backend", backend, "--mails", mails]
  const env = {
    ...process.env,
    NODE_OPTIONS: "--conditions=@galaxy/source",
    DEMO_MAIL_KEY: secrets.mailKey,
    DEMO_ADMIN_PASSWORD: secrets.adminPassword
  }
  try {
    return (await promisify(execFile)(process.execPath, [demo, ...places], { env })).stdout
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string }
    throw new Error(`the story went wrong:\n${stdout}${stderr}`, { cause: error })
  }
}
