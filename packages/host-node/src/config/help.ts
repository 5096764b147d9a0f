/** The text of `--help`: every setting of a process with its default and meaning. */
import type { Settings } from "./load.ts"
import { groups } from "./settings.ts"

/** A process that reads settings and answers `--help`. */
export type ProcessName = keyof typeof groups

const titles: Record<string, string> = {
  allInOne: "This shape",
  gateway: "Gateway",
  gatewayAlone: "Gateway as a process of its own",
  backend: "Backend",
  backendAlone: "Backend as a process of its own",
  telemetry: "Telemetry",
  userServiceRequired: "User process, required",
  userService: "User process",
  userServiceTelemetry: "Telemetry of the user process",
  userServiceRetired: "Retired"
}

const purposes: Record<ProcessName, string> = {
  "all-in-one":
    "The whole platform in one process: gateway, backend, database, mail catcher and an engine for each game.",
  backend: "The backend: accounts, lobby, mail, push and one engine for each game, on PostgreSQL.",
  gateway: "The gateway: what players connect to.",
  user: "The user process: accounts for trusted services, beside a backend on its database."
}

const wrap = (line: string, width: number, indent: string): string => {
  const lines: Array<string> = [""]
  for (const word of line.split(" ")) {
    const last = lines.at(-1) ?? ""
    if (last !== "" && last.length + word.length + 1 > width) lines.push(word)
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`
  }
  return lines.map((it) => indent + it).join("\n")
}

const section = (title: string, settings: Settings): string =>
  [
    `${title}:`,
    ...Object.values(settings).map((it) => {
      const state = it.fallbackText !== undefined ? `default ${it.fallbackText}` : it.optional ? "optional" : "required"
      return `  ${it.name}  (${state})\n${wrap(it.about, 90, "      ")}`
    })
  ].join("\n")

/** The whole text; `usage` is the command that starts the process. */
export const helpOf = (name: ProcessName, usage: string): string =>
  [
    purposes[name],
    "",
    `Usage: ${usage} [--help | --check]`,
    "",
    "--check names every problem of the configuration and starts nothing; it exits with 1 if there is one.",
    "",
    "Settings are environment variables. Durations are written 500ms, 30s, 5m, 24h or 7d.",
    ...Object.entries<Settings>(groups[name]).map(([key, group]) => `\n${section(titles[key] ?? key, group)}`)
  ].join("\n")
