/**
 * `npm run bench -- backend`: the backend on a real PostgreSQL, as ratios within one run.
 *
 * Needs `GALAXY_TEST_DATABASE_URL`, a server on which it may make databases. It removes them again.
 */
import { calls } from "./backend/calls.ts"
import { dueGames } from "./backend/due.ts"
import { outboxes } from "./backend/outbox.ts"
import { start } from "./backend/platform.ts"
import { stateCosts } from "./backend/states.ts"

const cell = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3))

const print = (title: string, head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string | number>>) => {
  const cells = [head, ...rows.map((row) => row.map((it) => (typeof it === "number" ? cell(it) : it)))]
  const widths = head.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? "").length)))
  console.log(`\n${title}`)
  for (const row of cells) {
    console.log(
      `  ${row.map((it, at) => (at === 0 ? it.padEnd(widths[at] ?? 0) : it.padStart(widths[at] ?? 0))).join("  ")}`
    )
  }
}

const parts = {
  calls: async (url: string) => {
    const started = await start(url)
    const rows = await calls(started)
    await started.stop()
    print(
      "Calls, one after the other",
      ["call", "statements", "a second", "bare statements a second", "ratio"],
      rows.map((it) => [it.name, it.statements, it.perSecond, it.barePerSecond, it.perSecond / it.barePerSecond])
    )
  },
  outbox: async (url: string) => {
    const rows = await outboxes(url)
    const peer = rows[0]
    print(
      "The outbox, eight at a time",
      ["", "enqueued a second", "ratio", "sent a second", "ratio"],
      rows.map((it) => [
        it.name,
        it.enqueued,
        it.enqueued / (peer?.enqueued ?? 1),
        it.sent,
        it.sent / (peer?.sent ?? 1)
      ])
    )
  },
  due: async (url: string) => {
    const rows = []
    for (const players of [4, 40]) rows.push(await dueGames(url, players === 4 ? 1_000 : 200, players))
    print(
      "Games whose turns are due at the same moment",
      [
        "games",
        "players",
        "p50 late (ms)",
        "p99 late (ms)",
        "CPU a turn (ms)",
        "statements a turn",
        "bare statements (ms)",
        "ratio"
      ],
      rows.map((it) => [
        `${it.games}`,
        `${it.players}`,
        it.p50,
        it.p99,
        it.cpuPerTurn,
        it.statementsPerTurn,
        it.bare,
        it.bare / it.p99
      ])
    )
  },
  states: async (url: string) => {
    const all = []
    for (const computers of [10, 98]) all.push(await stateCosts(url, computers))
    print(
      "Orders and turns with games' states in the database, beside folders alone",
      ["races", "", "folder p50 (ms)", "p90", "statements", "database p50 (ms)", "p90", "statements", "ratio"],
      all.flatMap(({ races, folder, database }) =>
        folder.map((it, at) => {
          const kept = database[at] ?? it
          return [
            `${races}`,
            it.what,
            it.p50,
            it.p90,
            it.statements.toFixed(1),
            kept.p50,
            kept.p90,
            kept.statements.toFixed(1),
            kept.p50 / it.p50
          ]
        })
      )
    )
    print(
      "A game in the database",
      ["races", "kB a turn", "on an engine that has nothing (ms)"],
      all.map((it) => [`${it.races}`, it.bytesPerTurn / 1000, it.placed])
    )
  }
} as const

const isPart = (name: string): name is keyof typeof parts => Object.hasOwn(parts, name)

/** Runs the parts that are named, or all. */
export const backend = async (names: ReadonlyArray<string>): Promise<void> => {
  const url = process.env["GALAXY_TEST_DATABASE_URL"]
  if (url === undefined) {
    console.log("Set GALAXY_TEST_DATABASE_URL to a PostgreSQL server on which databases may be made.")
    process.exit(2)
  }
  for (const name of names.length === 0 ? Object.keys(parts) : names) {
    if (isPart(name)) await parts[name](url)
    else console.log(`There is no part ${name}: ${Object.keys(parts).join(", ")}.`)
  }
}
