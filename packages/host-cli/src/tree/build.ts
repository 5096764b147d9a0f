/** The tree of commands: one for each operation of the admin surface, and those that are more than one operation. */
import { Command } from "effect/cli"
import { globalFlags } from "../globals.ts"
import { own } from "../commands/own.ts"
import { operations } from "../operations/operations.ts"
import type { Operation } from "../operations/types.ts"
import { type AnyCommand, commandOf } from "./commandOf.ts"

const nouns: Readonly<Record<string, string>> = {
  game: "Games in the lobby: create, start, pause, cancel, members, applications",
  runtime: "Games in play: their engines and turns",
  user: "Players: plans, limits, blocks, sessions",
  admin: "Administrators",
  address: "Addresses that nobody may sign in with",
  engine: "Engine versions",
  backend: "Backends: which there are, and which are lost",
  host: "Hosts of engines: which there are, and emptying them",
  mail: "Mails and their attempts",
  notification: "Notifications and what became of them",
  audit: "Who changed what, when and why"
}

const groupOf = (name: string, commands: ReadonlyArray<AnyCommand>): AnyCommand =>
  Command.make(name).pipe(
    Command.withDescription(`${nouns[name] ?? name}.`),
    Command.withShortDescription(nouns[name] ?? name),
    // oxlint-disable-next-line typescript/no-explicit-any -- commands of all inputs are kept side by side
    Command.withSubcommands(commands as any)
  ) as AnyCommand

const grouped = (): ReadonlyArray<AnyCommand> => {
  const names = Object.keys(operations) as ReadonlyArray<Operation>
  const ofNoun = (noun: string) =>
    names.filter((it) => operations[it].path.length === 2 && operations[it].path[0] === noun)
  const single = names.filter(
    (it) => operations[it].path.length === 1 && !own.some(({ name }) => name === operations[it].path[0])
  )
  return [
    ...Object.keys(nouns).map((noun) =>
      groupOf(noun, [...ofNoun(noun).map(commandOf), ...(own.find((it) => it.name === noun)?.verbs ?? [])])
    ),
    ...single.map(commandOf),
    ...own.flatMap(({ name, command }) => (name in nouns || command === undefined ? [] : [command]))
  ]
}

let built: AnyCommand | undefined

/** The whole tree. Building it loads no schema and no handler. */
export const tree = (): AnyCommand => (built ??= build())

const build = (): AnyCommand =>
  Command.make("galaxy-admin").pipe(
    Command.withDescription(
      "Runs a Galaxy platform: players, games, engines, mails.\nStart with: galaxy-admin why GAME, galaxy-admin doctor. GAME and USER are ids, or name:NAME; - reads ids from standard input."
    ),
    // oxlint-disable-next-line typescript/no-explicit-any -- commands of all inputs are kept side by side
    Command.withSubcommands(grouped() as any),
    // oxlint-disable-next-line typescript/no-explicit-any -- its type wants a tuple
    Command.withGlobalFlags(globalFlags as any)
  ) as AnyCommand
