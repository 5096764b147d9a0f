/** Several processes' metrics as one text of Prometheus: each sample says in the label `process` whose it is. */

/** The text of one process. */
export interface OfProcess {
  readonly process: number
  readonly text: string
}

/** The lines about a metric, and those of its samples. */
interface Family {
  readonly about: Array<string>
  readonly samples: Array<string>
}

const named = /^# (?:HELP|TYPE) (\S+)/

const labelled = (sample: string, process: number): string => {
  const label = `process="${process}"`
  const end = sample.search(/[{ ]/)
  if (end < 0) return sample
  const [name, rest] = [sample.slice(0, end), sample.slice(end)]
  if (!rest.startsWith("{")) return `${name}{${label}}${rest}`
  return `${name}{${label}${rest.startsWith("{}") ? "" : ","}${rest.slice(1)}`
}

/** All samples of a metric stand together, as the format demands; what they mean is told once. */
export const merged = (texts: ReadonlyArray<OfProcess>): string => {
  const families = new Map<string, Family>()
  for (const { process, text } of texts) {
    let family: Family | undefined
    let isNew = false
    for (const line of text.split("\n")) {
      if (line === "") continue
      const name = named.exec(line)?.[1]
      if (name === undefined) {
        if (!line.startsWith("#")) family?.samples.push(labelled(line, process))
        continue
      }
      const known = families.get(name)
      // HELP and TYPE of a metric come one after the other.
      if (known !== family || known === undefined) isNew = known === undefined
      family = known ?? { about: [], samples: [] }
      families.set(name, family)
      if (isNew) family.about.push(line)
    }
  }
  return [...families.values()].flatMap(({ about, samples }) => [...about, ...samples, ""]).join("\n")
}
