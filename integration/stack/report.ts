/**
 * What is known when a scenario fails: the log and the inspection of every container, and what the database has on record
 * of games and backends. All of it goes into a folder; the newest of it is printed.
 */
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import type Dockerode from "dockerode"
import { Cause, Context, Effect } from "effect"
import { getContainerRuntimeClient } from "testcontainers"
import { root } from "../../scripts/lib/tree.ts"
import { logOf } from "./logOf.ts"
import { containersOf, type Run } from "./Run.ts"

/** Lines that are kept of a log, and those that are printed of it. */
const keptLines = 5_000
const shownLines = 15
const shownColumns = 240

/** Tables that say who works on which game, and what came of it; with the columns that are printed. */
const tables = {
  runtime_records: "game_id, status, current_turn, health, engine_host, engine_epoch, engine_endpoint, failure_reason",
  runtime_operation_log: "started_at, game_id, op, status, turn, error",
  cluster_runners: "machine_id, address, healthy, last_heartbeat"
}

/** Rows of a table that are kept. */
const keptRows = 500

const inLines = (text: string) => text.split("\n").filter((line) => line.trim() !== "")

/** The end of a text, a bounded part of it. */
const tail = (text: string) =>
  inLines(text)
    .slice(-shownLines)
    .map((line) => `    ${line.slice(0, shownColumns)}`)
    .join("\n")

const containerPart = async (run: Run, folder: string, info: Dockerode.ContainerInfo) => {
  const name = info.Names[0]?.slice(1) ?? info.Id.slice(0, 12)
  const container = run.docker.getContainer(info.Id)
  const [log, inspected] = await Promise.all([logOf(container, keptLines), container.inspect()])
  await writeFile(join(folder, `${name}.log`), log)
  await writeFile(join(folder, `${name}.json`), JSON.stringify(inspected, undefined, 2))
  return `  ${name} (${info.Status})\n${tail(log)}`
}

const tablePart = async (run: Run, folder: string, table: string, columns: string) => {
  const { container } = await getContainerRuntimeClient()
  const postgres = container.getById(`galaxy-integration-${run.id}-postgres`)
  const rows = async (selected: string, format: string) => {
    const query = `SELECT ${selected} FROM backend.${table} ORDER BY ${columns.split(",", 1)[0]} LIMIT ${keptRows}`
    const command = 'PGPASSWORD="$POSTGRES_PASSWORD" psql --host 127.0.0.1 --username galaxy "$1" --command "$2"'
    return (await container.exec(postgres, ["sh", "-c", command, "sh", format, query])).output
  }
  await writeFile(join(folder, `${table}.txt`), await rows("*", "--expanded"))
  return `  ${table}\n${tail(await rows(columns, "--no-align"))}`
}

/** Nothing that can't be found out hides the rest. */
const attempt = (what: string, part: () => Promise<string>) =>
  part().catch((cause: unknown) => `  ${what}: ${cause instanceof Error ? cause.message : String(cause)}`)

const reportsFolder = join(root, ".cache/integration")
/** Runs whose reports are kept. */
const keptRuns = 10

const removeOlder = async () => {
  const runs = await Promise.all(
    (await readdir(reportsFolder)).map(async (name) => {
      const path = join(reportsFolder, name)
      return { path, at: (await stat(path)).mtimeMs }
    })
  )
  const older = runs.toSorted((one, other) => other.at - one.at).slice(keptRuns)
  await Promise.all(older.map(({ path }) => rm(path, { recursive: true, force: true })))
}

/** Writes the report of what has failed; returns what is printed. */
const write = async (run: Run, what: string, cause: string): Promise<string> => {
  const name = what.replace(/[^a-z0-9]+/gi, "-").slice(0, 40)
  const folder = join(reportsFolder, run.id, name)
  await mkdir(folder, { recursive: true })
  await removeOlder()
  await writeFile(join(folder, "failure.txt"), cause)
  const containers = await containersOf(run.docker, run.id)
  const parts = await Promise.all([
    ...containers.map((it) => attempt(it.Names[0] ?? it.Id, () => containerPart(run, folder, it))),
    ...Object.entries(tables).map(([table, columns]) => attempt(table, () => tablePart(run, folder, table, columns)))
  ])
  return `${what} failed. The whole report is in ${folder}\n${parts.join("\n")}`
}

/** Reports failures of scenarios, each once, whatever it is. */
export class Reports extends Context.Service<
  Reports,
  {
    /** The effect as it is; if it fails, there is a report first. */
    of<A, E, R>(what: string, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R>
  }
>()("@galaxy/integration/Reports") {}

/** Reports on the containers of a run. */
export const reportsOn = (run: Run): Reports["Service"] => ({
  of: (what, effect) =>
    Effect.tapCause(effect, (cause) =>
      Effect.promise(() => attempt("no report", () => write(run, what, Cause.pretty(cause)))).pipe(
        Effect.timeoutOrElse({ duration: "60 seconds", orElse: () => Effect.succeed("The report took too long.") }),
        Effect.flatMap((text) => Effect.sync(() => console.error(text)))
      )
    )
})
