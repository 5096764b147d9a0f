/** The one screen of `npm start`: where everything is, who the administrator is, how to stop. */
import type { PlatformAddresses } from "../processes/Platform.ts"

/**
 * The text for the terminal; `seconds` is how long the start took, `page` whether the gateway serves the client for
 * browsers, `console` whether the backend serves the operators' console, `relay` whether mails leave the machine. It shows the mail page's key, but no password.
 */
export const screen = (
  platform: PlatformAddresses,
  run: {
    readonly dataDir: string
    readonly logFile: string
    readonly seconds: number
    readonly page: boolean
    readonly console: boolean
    readonly relay: boolean
  }
): string => {
  const rows = [
    ...(run.page ? ([["Play in a browser", `${platform.gatewayUrl}/`]] as const) : []),
    ["Players connect to", platform.gatewayUrl],
    ...(run.relay ? [] : ([["Caught mails", `${platform.mailPageUrl}/?key=${platform.mailPageKey}`]] as const)),
    ...(run.console ? ([["Administration", `${platform.backendUrl}/admin/`]] as const) : []),
    ["Admin API", `${platform.backendUrl}/api/v1/admin`],
    ["Administrator", `${platform.adminUser} (password in keys.json of the data folder)`],
    ["Data", run.dataDir],
    ["Log", run.logFile]
  ] as const
  const width = Math.max(...rows.map(([label]) => label.length))
  return [
    "",
    `Galaxy is running (ready in ${run.seconds.toFixed(1)} s)`,
    "",
    ...rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`),
    "",
    `${run.relay ? "" : "Codes for signing in appear below and on the mail page. "}Stop with Ctrl-C; games go on at the next start.`,
    ""
  ].join("\n")
}
