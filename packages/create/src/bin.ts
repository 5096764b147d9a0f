#!/usr/bin/env node
/** `npm create @galaxy [folder] [-- --template name]`. */
import { join } from "node:path"
import { createInterface } from "node:readline/promises"
import { parseArgs } from "node:util"
import { createFolder, NotCreated } from "./createFolder.ts"
import { type Template, templates } from "./templates.ts"

const list = templates.map(({ name, about }) => `  ${name.padEnd(14)} ${about}`).join("\n")

const usage = `usage: npm create @galaxy [folder] [-- --template name]

Makes a new folder with a project to begin with. Templates:
${list}`

/** The first line of an answer; nobody is asked where nobody can answer. */
const ask = async (question: string, otherwise: string): Promise<string> => {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return otherwise
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  const gone = new Promise<never>((_, reject) =>
    lines.once("close", () => reject(new NotCreated("Nothing was made: the question wasn't answered.")))
  )
  try {
    return (await Promise.race([lines.question(`${question} [${otherwise}] `), gone])).trim() || otherwise
  } finally {
    lines.removeAllListeners("close").close()
  }
}

const chosen = async (name: string | undefined): Promise<Template> => {
  if (name === undefined && process.stdin.isTTY) console.error(list)
  const wanted = name ?? (await ask("Which template?", "starter"))
  const found = templates.find((it) => it.name === wanted)
  if (found === undefined) throw new NotCreated(`There is no template "${wanted}". There are:\n${list}`)
  return found
}

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { template: { type: "string", short: "t" }, help: { type: "boolean", short: "h", default: false } }
  })
  if (values.help) return console.log(usage)
  if (positionals.length > 1) throw new NotCreated(`One folder, please, and not ${positionals.length}.\n\n${usage}`)
  const template = await chosen(values.template)
  const folder = positionals[0] ?? (await ask("Which folder?", "my-galaxy"))
  await createFolder(join(import.meta.dirname, "../templates", template.name), folder)
  console.log(`Made ${folder}: ${template.about}. Its README says what to do next:\n\n  cd ${folder}\n  cat README.md`)
}

main().catch((error: NodeJS.ErrnoException) => {
  const known = error instanceof NotCreated || error.code?.startsWith("ERR_PARSE_ARGS") === true
  console.error(known ? error.message : error)
  process.exitCode = known ? 64 : 1
})
