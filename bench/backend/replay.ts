/**
 * Runs recorded statements again on a bare connection: what a call costs at least.
 *
 * Ids that the call made itself are new in every run, so that statements which insert can be repeated.
 */
import { createHash, randomUUID } from "node:crypto"
import { Client } from "pg"
import type { Recorded } from "./recording.ts"

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

/** A connection, and how it runs a statement: prepared, as the backend does, where the statement has values. */
const connection = async (url: string) => {
  const client = new Client({ connectionString: url })
  await client.connect()
  const names = new Map<string, string>()
  const nameOf = (text: string) => {
    const known = names.get(text)
    if (known !== undefined) return known
    const made = createHash("sha1").update(text).digest("hex")
    names.set(text, made)
    return made
  }
  const run = (text: string, values: ReadonlyArray<unknown>) =>
    client.query(values.length === 0 ? { text } : { name: nameOf(text), text, values: [...values] })
  return { run, stop: () => client.end() }
}

/** Runs what was recorded once more, in transactions as it was, on so many connections. Returns the milliseconds. */
export const replayOnce = async (url: string, statements: ReadonlyArray<Recorded>, connections: number) => {
  const parts = [...Map.groupBy(statements, (it) => it.borrowed).values()]
  const opened = await Promise.all(Array.from({ length: connections }, () => connection(url)))
  const began = performance.now()
  await Promise.all(
    opened.map(async ({ run }) => {
      for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
        for (const { text, values } of part) await run(text, values)
      }
    })
  )
  const took = performance.now() - began
  await Promise.all(opened.map((it) => it.stop()))
  return took
}

/** A connection that runs recorded calls. */
export const replayer = async (url: string) => {
  const { run, stop } = await connection(url)

  /** `kept` are ids that were there before the call; `made` are other texts that the call made and that are unique. */
  const prepare =
    (statements: ReadonlyArray<Recorded>, kept: ReadonlySet<string>, made: ReadonlyArray<string>) => async () => {
      const fresh = new Map<string, string>()
      const renewed = (text: string): string =>
        made.includes(text)
          ? `${text}-${randomUUID()}`
          : text.replace(uuid, (id) => {
              if (kept.has(id)) return id
              const known = fresh.get(id) ?? randomUUID()
              fresh.set(id, known)
              return known
            })
      for (const { text, values } of statements) {
        await run(
          text,
          values.map((value) => (typeof value === "string" ? renewed(value) : value))
        )
      }
    }
  return { prepare, stop }
}

/** A connection that runs recorded calls. */
export type Replayer = Awaited<ReturnType<typeof replayer>>
