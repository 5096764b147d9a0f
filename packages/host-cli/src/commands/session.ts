/** Signing in and stored contexts. */
import { Argument, Command, Flag } from "effect/cli"
import { lazily } from "../tree/lazily.ts"
import type { OwnCommand } from "./OwnCommand.ts"

const load = () => import("../handlers/session.ts")

const user = Flag.String("user").pipe(
  Flag.withMetavar("NAME"),
  Flag.withDescription("the administrator's name"),
  Flag.optional
)
const passwordFlags = {
  passwordFile: Flag.String("password-file").pipe(
    Flag.withMetavar("PATH"),
    Flag.withDescription("read the password from the first line of this file, which only you may read"),
    Flag.optional
  ),
  passwordCommand: Flag.String("password-command").pipe(
    Flag.withMetavar("COMMAND"),
    Flag.withDescription('read it from the first line that a program prints, such as "pass show galaxy"; no shell'),
    Flag.optional
  )
}
const name = Argument.String("NAME").pipe(Argument.withDescription("the context's name"))

const login = Command.make(
  "login",
  {
    user,
    name: Flag.String("name").pipe(
      Flag.withMetavar("CONTEXT"),
      Flag.withDescription("what to call the context; the server's host name if absent"),
      Flag.optional
    ),
    ...passwordFlags
  },
  (given) => lazily(load, (it) => it.login(given))
).pipe(
  Command.withDescription(
    "Check a name and password, and store a context that is used from now on.\nThe password itself isn't stored: it is asked for each time, or comes from a file or program."
  ),
  Command.withShortDescription("Sign in and store a context"),
  Command.withExamples([
    { command: 'login --server https://galaxy.example.org --user ada --password-command "pass show galaxy"' }
  ])
)

const logout = Command.make("logout", {}, () => lazily(load, (it) => it.logout)).pipe(
  Command.withDescription("Forget the context in use, or the one that --context names."),
  Command.withShortDescription("Forget a context"),
  Command.withExamples([{ command: "logout" }])
)

const whoami = Command.make("whoami", {}, () => lazily(load, (it) => it.whoami)).pipe(
  Command.withDescription("Show which server is asked and who asks, and check that the server agrees."),
  Command.withShortDescription("Show server and administrator"),
  Command.withExamples([{ command: "whoami" }])
)

const list = Command.make("list", {}, () => lazily(load, (it) => it.listContexts)).pipe(
  Command.withDescription("List stored contexts."),
  Command.withShortDescription("List stored contexts"),
  Command.withExamples([{ command: "context list" }])
)

const use = Command.make("use", { name }, (given) => lazily(load, (it) => it.useContext(given.name))).pipe(
  Command.withDescription("Use a stored context from now on."),
  Command.withShortDescription("Use a stored context"),
  Command.withExamples([{ command: "context use production" }])
)

const add = Command.make("add", { name, user, ...passwordFlags }, (given) =>
  lazily(load, (it) => it.addContext(given))
).pipe(
  Command.withDescription("Store a context without asking the server. It needs --server and --user."),
  Command.withShortDescription("Store a context"),
  Command.withExamples([
    {
      command:
        "context add production --server https://galaxy.example.org --user ada --password-file ~/.galaxy-password"
    }
  ])
)

const remove = Command.make("remove", { name }, (given) => lazily(load, (it) => it.removeContext(given.name))).pipe(
  Command.withDescription("Remove a stored context."),
  Command.withShortDescription("Remove a stored context"),
  Command.withExamples([{ command: "context remove staging" }])
)

const context = Command.make("context").pipe(
  Command.withDescription("Stored contexts: server, administrator, and how to get the password."),
  Command.withShortDescription("Stored contexts: servers and administrators"),
  Command.withSubcommands([list, use, add, remove])
)

/** Commands for signing in. */
export const session: ReadonlyArray<OwnCommand> = [
  { name: "login", command: login },
  { name: "logout", command: logout },
  { name: "whoami", command: whoami },
  { name: "context", command: context }
]
