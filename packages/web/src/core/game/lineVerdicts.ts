/** What is thought of the lines of a draft: by this device at once, and by the server once it has answered. */
import type { OrderVerdict } from "@galaxy/contract/engine/Order"

/** What is thought of a line. `changed`: the server judged otherwise than this device had. */
export interface LineVerdict {
  readonly accepted: boolean
  readonly code?: string
  readonly message?: string
  readonly from: "server" | "forecast"
  readonly changed: boolean
}

/** By the ids of lines; a line without one hasn't been judged yet. */
export type LineVerdicts = ReadonlyMap<number, LineVerdict>

/** A forecast for lines with these ids. A line that it leaves out counts as accepted. */
export const forecastVerdicts = (ids: ReadonlyArray<number>, verdicts: ReadonlyArray<OrderVerdict>): LineVerdicts =>
  new Map(
    ids.map((id, index) => {
      const { accepted = true, code } = verdicts[index] ?? {}
      return [id, { accepted, ...(code === undefined ? {} : { code }), from: "forecast", changed: false }]
    })
  )

/** The server's judgement of lines with these ids, beside what was thought `before`. */
export const serverVerdicts = (
  before: LineVerdicts,
  ids: ReadonlyArray<number>,
  verdicts: ReadonlyArray<OrderVerdict>
): LineVerdicts =>
  new Map(
    ids.map((id, index) => {
      const { accepted = true, code, message } = verdicts[index] ?? {}
      const known = before.get(id)
      return [
        id,
        {
          accepted,
          ...(code === undefined ? {} : { code }),
          ...(message === undefined ? {} : { message }),
          from: "server",
          changed: known !== undefined && known.accepted !== accepted
        }
      ]
    })
  )
