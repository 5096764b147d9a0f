/** `npm start`: the whole platform in this process, one clear screen, and Ctrl-C to end it all. */
import { join, resolve } from "node:path"
import { Effect, Layer, Redacted, Struct } from "effect"
import * as settings from "../config/settings.ts"
import * as JsonLog from "../logging/JsonLog.ts"
import type { CaughtMail } from "../mail/catcher/CaughtMail.ts"
import { answeredArguments, configured, idle, idleTold, launch } from "../processes/launch.ts"
import { backendOptions, engineLimits, gatewayOptions, longestEndMs, refused } from "../processes/options.ts"
import { Platform } from "../processes/Platform.ts"
import * as telemetry from "../processes/telemetry.ts"
import * as AllInOne from "./AllInOne.ts"
import * as DataFolder from "./DataFolder.ts"
import { screen } from "./screen.ts"

const started = performance.now()
const print = (text: string) => void process.stdout.write(`${text}\n`)

const announce = (mail: CaughtMail) => {
  const code = mail.code === null ? "" : `  code ${mail.code}`
  print(`  mail for ${mail.to.join(", ")}${code}  "${mail.subject}"`)
}

const main = async (): Promise<void> => {
  if (await answeredArguments("all-in-one", "npm start --")) return
  // Files that this process and its engines write are for this user only.
  process.umask(0o077)
  const values = configured(settings.groups["all-in-one"])
  if (values === undefined || refused(values)) return
  const { allInOne, backend, gateway } = values
  const dataDir = resolve(allInOne.dataDir)
  const logFile = allInOne.logFile ?? join(dataDir, "galaxy.log")
  // What the shape decides by itself is left out; every other setting reaches the backend.
  const { admin, erasureLedger, ...core } = Struct.omit(backendOptions(backend), [
    "host",
    "port",
    "pushHost",
    "pushPort",
    "callers"
  ])
  const options: AllInOne.AllInOneOptions = {
    dataDir,
    gateway: gateway.httpAddr,
    backend: backend.httpAddr,
    push: backend.grpcPushAddr,
    mailPage: allInOne.mailPageAddr,
    mailPageHosts: allInOne.mailPageHosts,
    mailSmtp: allInOne.mailSmtpAddr,
    mailRelayUrl: allInOne.mailRelayUrl === undefined ? undefined : Redacted.make(allInOne.mailRelayUrl),
    edge: gatewayOptions(gateway),
    core: { ...core, ...(erasureLedger === undefined ? {} : { erasureLedger }) },
    gatewayToken: backend.gatewayToken === undefined ? undefined : Redacted.make(backend.gatewayToken),
    engines: engineLimits(backend),
    geoIpDbPath: backend.geoIpDbPath,
    admin: admin === undefined ? undefined : { user: admin.user, password: Redacted.value(admin.password) },
    onMail: announce
  }
  const log = JsonLog.layer({
    level: backend.logLevel,
    target: logFile === "-" ? { stream: process.stdout } : { file: logFile }
  })
  // The folder comes first: without it there is no place for a log, and its owner's log is nobody else's to write.
  const platform = Layer.unwrap(
    Effect.map(DataFolder.open(dataDir), (folder) =>
      AllInOne.layerIn(folder, options).pipe(
        Layer.provide(
          telemetry.layer({
            settings: values.telemetry,
            process: "galaxy",
            stdoutTraces: gateway.stdoutTraces || backend.stdoutTraces,
            stdoutMetrics: gateway.stdoutMetrics || backend.stdoutMetrics,
            admin: [gateway.adminAddr, backend.adminAddr]
          })
        ),
        Layer.provideMerge(log)
      )
    )
  )
  const ready = Effect.flatMap(Platform, (it) => {
    const shown = {
      page: options.edge?.page !== undefined,
      console: options.core?.console !== undefined,
      relay: options.mailRelayUrl !== undefined
    }
    for (const warning of idle("all-in-one")) process.stderr.write(`Warning: ${warning}.\n`)
    print(screen(it, { ...shown, dataDir, logFile, seconds: (performance.now() - started) / 1_000 }))
    return Effect.andThen(idleTold("all-in-one"), it.folderLost)
  })
  // The backend ends after the gateway.
  await launch(platform, ready, "\nStopping …", longestEndMs(gateway) + 1_500)
}

await main()
