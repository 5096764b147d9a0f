/** The help of a command as plain data. Everything that shows help uses this alone, so that showing it loads no parser. */

/** A flag or an argument. */
export interface PageFlag {
  readonly name: string
  readonly aliases: ReadonlyArray<string>
  /** What the value is called; undefined for a flag without a value. */
  readonly value: string | undefined
  readonly required: boolean
  readonly help: string
}

/** An argument. */
export interface PageArgument {
  readonly name: string
  readonly required: boolean
  readonly several: boolean
  readonly help: string
}

/** A command below another one. */
export interface PageCommand {
  readonly name: string
  readonly help: string
}

/** The help of one command. */
export interface HelpPage {
  /** The command's words without the program's name; none for the program as a whole. */
  readonly path: ReadonlyArray<string>
  readonly description: string
  readonly usage: string
  readonly arguments: ReadonlyArray<PageArgument>
  readonly flags: ReadonlyArray<PageFlag>
  /** Commands below it, by the heading over them. */
  readonly groups: ReadonlyArray<{ readonly title: string; readonly commands: ReadonlyArray<PageCommand> }>
  /** Command lines without the program's name. */
  readonly examples: ReadonlyArray<string>
  /** The flags of every command. */
  readonly globals: ReadonlyArray<PageFlag>
}
