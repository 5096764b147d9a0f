/** The manual page of the command line, in roff. It is made from the help pages, so that both say the same. */
import { release } from "@galaxy/contract/release"
import { exitCodes } from "../failures.ts"
import { flagName } from "./formatter.ts"
import type { HelpPage, PageFlag } from "./page.ts"
import { topics } from "./texts.ts"
import { topicNames } from "./topics.ts"

/** Text that roff takes for nothing else: its escapes, hyphens that are minus signs, and a dot or quote that begins a line. */
const roff = (text: string): string =>
  text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("…", "...")
    .replaceAll(/^([.'])/gm, "\\&$1")

/** A macro's argument. */
const argument = (text: string): string => `"${roff(text).replaceAll('"', '""')}"`

const tagged = (tag: string, text: string): string => `.TP\n\\fB${roff(tag)}\\fR\n${roff(text)}`

const flag = (it: PageFlag): string => tagged(flagName(it), it.help + (it.required ? " (required)" : ""))

const verbatim = (text: string): string => `.nf\n${roff(text.trimEnd())}\n.fi`

const command = (page: HelpPage): string =>
  [
    `.SS ${argument(["galaxy-admin", ...page.path, ...page.arguments.map((it) => it.name + (it.several ? "…" : ""))].join(" "))}`,
    ...page.description.split("\n").map((it) => `.PP\n${roff(it)}`),
    ...page.arguments.map(({ name, help }) => tagged(name, help)),
    ...page.flags.map(flag),
    ...page.examples.map((it) => `.PP\n.RS\n${verbatim(`galaxy-admin ${it}`)}\n.RE`)
  ].join("\n")

const titles: { readonly [T in (typeof topicNames)[number]]: string } = {
  contexts: "SERVERS AND CREDENTIALS",
  targets: "TARGETS",
  safety: "SAFETY",
  output: "OUTPUT",
  "exit-codes": "EXIT STATUS",
  environment: "ENVIRONMENT"
}

/** The whole page, for `man galaxy-admin`. */
export const manPage = (pages: ReadonlyArray<HelpPage>): string => {
  const [root] = pages
  const leaves = pages.filter(({ groups }) => groups.length === 0)
  return `${[
    '.\\" Made from the tree of commands.',
    `.TH GALAXY\\-ADMIN 1 "" ${argument(`Galaxy ${release}`)} "Galaxy"`,
    ".SH NAME",
    "galaxy\\-admin \\- runs a Galaxy platform: players, games, engines, mails",
    ".SH SYNOPSIS",
    ".B galaxy\\-admin",
    "\\fICOMMAND\\fR [\\fIARGUMENTS\\fR] [\\fIFLAGS\\fR]",
    ".SH DESCRIPTION",
    ...(root?.description ?? "").split("\n").map((it) => `.PP\n${roff(it)}`),
    ".SH FLAGS OF EVERY COMMAND",
    ...(root?.globals ?? []).map(flag),
    ".SH COMMANDS",
    ...leaves.map(command),
    ...topicNames.flatMap((topic) => [
      `.SH ${titles[topic]}`,
      topic === "exit-codes"
        ? Object.entries(exitCodes)
            .map(([code, meaning]) => tagged(code, meaning.replaceAll("`", "")))
            .join("\n")
        : verbatim(topics[topic])
    ])
  ].join("\n")}\n`
}
