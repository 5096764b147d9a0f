/** The example of each operation's help as a command line that a script may give. */
import { specOf } from "galaxy-admin/operations/operations"
import type { Operation } from "galaxy-admin/operations/types"

/** Words of a shell command with quoted texts. */
const words = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? "")

/** The example of the help, with what a script needs. */
export const exampleOf = (operation: Operation): ReadonlyArray<string> => {
  const text = specOf(operation).example.replace(/ <.*$/, "").replace("--generate", "--password-stdin")
  const args = words(text).filter((it, at, all) => it !== "--wait" && it !== "-o" && all[at - 1] !== "-o")
  const confirm = args.findLast((it) => it.startsWith("name:"))?.slice("name:".length)
  return [
    ...args,
    ...(args.includes("--yes") ? [] : ["--yes"]),
    ...(confirm === undefined ? [] : ["--confirm", confirm])
  ]
}
