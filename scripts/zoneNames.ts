/**
 * Writes `packages/core/src/shared/zoneNames.ts` from the system's time zone database, for a new release of it:
 * `node scripts/zoneNames.ts [/usr/share/zoneinfo/tzdata.zi]`.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const source = process.argv[2] ?? "/usr/share/zoneinfo/tzdata.zi"
const lines = readFileSync(source, "utf8").split("\n")
const release = /^# version (\S+)/.exec(lines[0] ?? "")?.[1] ?? "unknown"

/** `Z name …` is a zone, `L target name` another name of one. `Factory` stands for a machine whose zone nobody has set. */
const names = lines
  .flatMap((line) => {
    const [kind, first = "", second = ""] = line.split(" ")
    return kind === "Z" ? [first] : kind === "L" ? [second] : []
  })
  .filter((name) => name !== "Factory")
  .toSorted()

const rows: Array<string> = []
for (const name of names) {
  const row = rows.at(-1)
  if (row !== undefined && row.length + name.length < 118) rows[rows.length - 1] = `${row} ${name}`
  else rows.push(name)
}

const text = `/**
 * Every name of the IANA time zone database, release ${release}: zones and their aliases, in their own spelling.
 *
 * Written by \`node scripts/zoneNames.ts\` from \`tzdata.zi\` of Debian's package \`tzdata\`, which is in the public domain.
 */
export const zoneNames: ReadonlyArray<string> = \`
${rows.join("\n")}
\`
  .trim()
  .split(/\\s+/)
`
writeFileSync(join(import.meta.dirname, "../packages/core/src/shared/zoneNames.ts"), text)
console.log(`${names.length} names of release ${release}`)
