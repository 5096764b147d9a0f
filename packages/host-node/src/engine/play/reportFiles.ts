/** Reports of a turn as files for people: plain text, and everything as JSON. They can be made again at any time. */
import type { Report } from "@galaxy/contract/engine/Report"
import type { Ruleset } from "@galaxy/engine/rules/Ruleset"
import { printOrder } from "@galaxy/engine/text/printOrders"
import { renderReport } from "@galaxy/engine/text/report"
import { Effect, FileSystem, Path } from "effect"
import { cannot } from "./failures.ts"

/** The report of a game with this ruleset as plain text, with orders spelled as in order files. */
export const asText = (report: Report, ruleset: Ruleset): string => renderReport(report, printOrder, ruleset)
/** The complete report as indented JSON, with a line end. */
export const asJson = (report: Report): string => `${JSON.stringify(report, null, 2)}\n`

/** Writes `Race-0001.txt` and `Race-0001.json` for each report; race names are valid in file names. */
export const writeAll = Effect.fnUntraced(
  function* (folder: string, reports: ReadonlyArray<Report>, ruleset: Ruleset) {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    yield* fs.makeDirectory(folder, { recursive: true })
    for (const report of reports) {
      const name = path.join(folder, `${report.race}-${String(report.turn).padStart(4, "0")}`)
      yield* fs.writeFileString(`${name}.txt`, asText(report, ruleset), { mode: 0o600 })
      yield* fs.writeFileString(`${name}.json`, asJson(report), { mode: 0o600 })
    }
  },
  Effect.mapError((error) =>
    cannot(
      `reports can't be written: ${error.message}`,
      "The turn itself is safe; play report --state … --race … prints its reports."
    )
  )
)
