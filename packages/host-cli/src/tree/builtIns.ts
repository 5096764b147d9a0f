/** The flags that the parser has by itself, in place of those of its own choice. */
import { Effect } from "effect"
import { CliConfig, CliOutput, Flag, GlobalFlag } from "effect/cli"

const version = GlobalFlag.Action({
  flag: Flag.Boolean("version").pipe(Flag.withDescription("print the release"), Flag.withDefault(false)),
  run: (_, { command, version: release }) =>
    Effect.flatMap(CliOutput.Presenter, (it) => it.present({ _tag: "Version", name: command.name, version: release }))
})

/** `--help` and `--version`. */
export const builtIns = CliConfig.layer({ builtIns: [GlobalFlag.Help, version] })
