/** The reference page and the manual page of `galaxy-admin`, from what `galaxy-admin spec` says. */
import { Effect } from "effect"
import type { HostShape } from "galaxy-admin/host/Host"
import { allDocs } from "galaxy-admin/help/docs"
import { manPage } from "galaxy-admin/help/man"
import { run } from "galaxy-admin/main"
import { tree } from "galaxy-admin/tree/build"

interface FlagData {
  readonly name: string
  readonly aliases: ReadonlyArray<string>
  readonly value: string | null
  readonly required: boolean
  readonly help: string
}

interface Specification {
  readonly flags: ReadonlyArray<FlagData>
  readonly exit_codes: Readonly<Record<string, string>>
  readonly commands: ReadonlyArray<{
    readonly command: string
    readonly summary: string
    readonly arguments: ReadonlyArray<{ readonly name: string; readonly several: boolean; readonly help: string }>
    readonly flags: ReadonlyArray<FlagData>
    readonly examples: ReadonlyArray<string>
    readonly route?: string
  }>
}

const specification = async (): Promise<Specification> => {
  let text = ""
  const sink = { isTerminal: false, columns: 80, closed: false, write: () => Effect.void }
  const host: HostShape = {
    env: {},
    cwd: "/",
    home: "/",
    stdin: { isTerminal: false, question: () => Effect.succeed(undefined), readAll: () => Effect.succeed("") },
    stdout: { ...sink, write: (more) => Effect.sync(() => void (text += more)) },
    stderr: sink,
    fetch: () => Promise.reject(new Error("the page needs no server")),
    newId: () => "",
    timeZone: "UTC"
  }
  const code = await Effect.runPromise(run(["spec"], host))
  if (code !== 0) throw new Error(`galaxy-admin spec ended with ${code}`)
  return JSON.parse(text) as Specification
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ")

const table = (head: readonly [string, string], rows: ReadonlyArray<readonly [string, string]>): string =>
  [head, ["---", "---"] as const, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n")

const flagRow = (flag: FlagData): readonly [string, string] => [
  [...flag.aliases, flag.name + (flag.value === null ? "" : ` ${flag.value}`)]
    .map((it) => `\`${cell(it)}\``)
    .join(", "),
  cell(flag.help) + (flag.required ? " (required)" : "")
]

const section = ({ command, summary, arguments: args, flags, examples, route }: Specification["commands"][number]) =>
  [
    `### galaxy-admin ${[command, ...args.map(({ name, several }) => name + (several ? " …" : ""))].join(" ")}`,
    summary.replaceAll("\n", " ") + (route === undefined ? "" : ` Calls \`${route}\`.`),
    ...(args.length + flags.length === 0
      ? []
      : [
          table(
            ["argument, flag", "meaning"],
            [...args.map((it) => [`\`${it.name}\``, cell(it.help)] as const), ...flags.map(flagRow)]
          )
        ]),
    `\`\`\`sh\n${examples.join("\n")}\n\`\`\``
  ].join("\n\n")

/** The page. */
export const cliPage = async (): Promise<string> => {
  const { flags, exit_codes, commands } = await specification()
  return `# Commands of galaxy-admin

\`galaxy-admin help TOPIC\` explains contexts, targets, safety, output, exit codes and the environment.

## Exit codes

${table(
  ["code", "meaning"],
  Object.entries(exit_codes).map(([code, meaning]) => [code, cell(meaning)])
)}

## Flags of every command

${table(["flag", "meaning"], flags.map(flagRow))}

## Commands

${commands.map(section).join("\n\n")}
`
}

/** The manual page, as the package has it. */
export const cliManual = (): Promise<string> => Effect.runPromise(Effect.map(allDocs(tree()), manPage))
