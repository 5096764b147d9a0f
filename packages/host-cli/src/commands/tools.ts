/** Commands about the command line itself, and the raw call of the API. */
import { Argument, Command, Flag } from "effect/cli"
import { topicNames } from "../help/topics.ts"
import { lazily } from "../tree/lazily.ts"
import type { OwnCommand } from "./OwnCommand.ts"

const api = Command.make(
  "api",
  {
    method: Argument.ChoiceWithValue("METHOD", [
      ["GET", "GET"],
      ["POST", "POST"],
      ["PATCH", "PATCH"]
    ] as const).pipe(Argument.withDescription("GET, POST or PATCH")),
    path: Argument.String("PATH").pipe(
      Argument.withDescription("path with its query, such as /api/v1/admin/games?limit=5, or games?limit=5")
    ),
    body: Flag.String("body").pipe(
      Flag.withMetavar("JSON"),
      Flag.withDescription("the request's body; - reads it from standard input"),
      Flag.optional
    )
  },
  (given) =>
    lazily(
      () => import("../handlers/api.ts"),
      (it) => it.run(given)
    )
).pipe(
  Command.withDescription(
    "Call any operation of the admin API and print its answer as JSON.\nFor what a newer server has and this command line doesn't. Anything but GET needs --yes in a script."
  ),
  Command.withShortDescription("Call the admin API directly"),
  Command.withExamples([{ command: "api GET games?status=running" }])
)

const completion = Command.make(
  "completion",
  {
    shell: Argument.ChoiceWithValue("SHELL", [
      ["bash", "bash"],
      ["zsh", "zsh"],
      ["fish", "fish"],
      ["powershell", "powershell"]
    ] as const).pipe(Argument.withDescription("bash, zsh, fish or powershell"))
  },
  ({ shell }) =>
    lazily(
      () => import("../handlers/about.ts"),
      (it) => it.completion(shell)
    )
).pipe(
  Command.withDescription(
    "Print the script that completes commands and flags in a shell.\nFor PowerShell, make the last example a line of the file that $PROFILE names."
  ),
  Command.withShortDescription("Print a completion script"),
  Command.withExamples([
    { command: "completion bash > ~/.local/share/bash-completion/completions/galaxy-admin" },
    { command: "completion powershell | Out-String | Invoke-Expression" }
  ])
)

const spec = Command.make("spec", {}, () =>
  lazily(
    () => import("../handlers/about.ts"),
    (it) => it.spec
  )
).pipe(
  Command.withDescription("Print commands, flags, exit codes, errors and output schemas as one JSON document."),
  Command.withShortDescription("Describe all commands as JSON"),
  Command.withExamples([{ command: "spec" }])
)

const help = Command.make(
  "help",
  {
    words: Argument.String("TOPIC").pipe(
      Argument.withDescription(`${topicNames.join(", ")}, or the words of a command`),
      Argument.variadic()
    )
  },
  ({ words }) =>
    lazily(
      () => import("../handlers/about.ts"),
      (it) => it.help(words)
    )
).pipe(
  Command.withDescription(`Explain a topic or a command. Topics: ${topicNames.join(", ")}.`),
  Command.withShortDescription(`Explain ${topicNames.join(", ")}`),
  Command.withExamples([{ command: "help exit-codes" }])
)

/** Tools. */
export const tools: ReadonlyArray<OwnCommand> = [
  { name: "api", command: api },
  { name: "completion", command: completion },
  { name: "spec", command: spec },
  { name: "help", command: help }
]
