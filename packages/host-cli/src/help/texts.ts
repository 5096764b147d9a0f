/** What `galaxy-admin help TOPIC` explains. */
import { exitCodes } from "../failures.ts"
import type { Topic } from "./topics.ts"

/** The texts, for terminals of 80 columns. */
export const topics: { readonly [T in Topic]: string } = {
  contexts: `Which server is asked, and who asks? The first that is given counts:

  1. --server URL or --context NAME
  2. GALAXY_ADMIN_SERVER or GALAXY_ADMIN_CONTEXT; GALAXY_ADMIN_USER and
     GALAXY_ADMIN_PASSWORD replace name and password
  3. the stored context in use (galaxy-admin context list)
  4. the platform of npm start: the folder in GALAXY_DATA_DIR, or .galaxy here

galaxy-admin login checks a name and password and stores a context: the server,
the name and how to get the password (--password-file, --password-command, or a
question each time). Contexts are in $XDG_CONFIG_HOME/galaxy/admin.json, which
is refused if other users can read it. A password is never an argument, and
never sent over http:// to another machine without --insecure.

galaxy-admin whoami tells what is used now and why.
`,
  targets: `GAME and USER are whole ids, or names:

  galaxy-admin game get name:Orion
  galaxy-admin user get name:Player-7k2f

A name of several games is refused with a list of their ids. In place of the
first target, - reads ids from standard input, one a line. Tables of other
commands do, since only the part before the first tab is read:

  galaxy-admin game list --status running | galaxy-admin game force-stop - --yes

--jobs sets how many are done at the same time (4), --keep-going goes on after a
failure. If some failed the exit code is 3.
`,
  safety: `Commands that change something come in three kinds:

  plain         may be repeated or harms nobody
  can be undone players notice it: asks for a yes; in a script --yes
  final         can't be undone: shows what would happen and asks for the
                target's name; in a script --confirm NAME, and --yes isn't
                enough. With several targets their number is asked for.

--dry-run lets the server do it in a transaction that is rolled back, and shows
before, after and side effects. It fails as the command would fail.

--reason TEXT is kept in the audit log for good, so it must hold no e-mail
addresses. Commands on somebody's data need it.

Nothing is done twice: a command that changes something is only repeated if the
connection was refused. If an answer got lost, the audit log is asked whether it
happened, and the exit code is 7.
`,
  output: `-o text (the default) writes tables and fields. In a terminal they fit its width
and times are relative; --wide, or get, also shows them absolute. Elsewhere
fields are separated by tabs, without a heading, and times are ISO 8601.

-o json writes one document; lists are {"items": […]}.

-o stream-json writes a line for each thing: {"type":"item"|"change"|"result"|
"error","data":…}. The last line, and no other, is a result or an error, so that
a stream that was cut can be told. Where why and doctor find that somebody must
act, it is their result; the exit code is 1, and standard error has the error.

Data alone goes to standard output. Notes, questions and errors go to standard
error; with json and stream-json an error is one line of JSON there.

What changes something answers with its target. A field "changed" that is false
("no" as text) says that the target was so already and nothing was done; that is
a success too.

--limit bounds a list (100 in a terminal, else all), --columns chooses fields.
`,
  "exit-codes": `${Object.entries(exitCodes)
    .map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning.replaceAll("`", "")}`)
    .join("\n")}
`,
  environment: `  GALAXY_ADMIN_SERVER         the server, as --server
  GALAXY_ADMIN_CONTEXT        the stored context, as --context
  GALAXY_ADMIN_USER           the administrator's name
  GALAXY_ADMIN_PASSWORD       the password
  GALAXY_ADMIN_REASON         the reason, as --reason
  GALAXY_ADMIN_OUTPUT_FORMAT  the format, as --output-format
  GALAXY_DATA_DIR             the data folder of npm start (.galaxy)
  XDG_CONFIG_HOME             where contexts are stored (~/.config)
  NO_COLOR                    no colours
`
}
