/** What a program must have seen: every kept event of its session once, in order, or an explicit gap. */
import type { App, Run } from "./App.ts"

/** The sentence that says what is wrong with a run of a program; undefined where it is right. */
const faultOfRun = ({ sessionId, user }: App, run: Run): string | undefined => {
  const isForeign = (sequence: number) => {
    const target = user.facts[sequence - 1]?.sessionId ?? ""
    return target !== "" && target !== sessionId
  }
  const own = (from: number, to: number) =>
    Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index).filter((it) => !isForeign(it))
  let at = run.after
  for (const event of run.delivered) {
    const before = at === undefined ? "the start" : String(at)
    if (event.kind === "gateway.gap") {
      const { first_missing, last_missing, resumed_after } = event.payload
      const text = `the gap ${first_missing}..${last_missing} after ${before}`
      if (resumed_after !== last_missing) return `${text} is followed by ${resumed_after}`
      if (last_missing < first_missing) return `${text} is empty`
      if (at !== undefined && own(at + 1, first_missing - 1).length > 0) return `${text} begins too late`
      if (at !== undefined && first_missing <= at) return `${text} has been delivered`
      // One that began before the user's first event can't ask for it.
      const beganEmpty = at === undefined && first_missing === 1
      if (!beganEmpty && last_missing > user.expired) return `${text} names events that are kept`
      at = last_missing
    } else {
      const { sequence } = event
      if (at !== undefined && sequence <= at) return `${sequence} came after ${before}`
      if (at !== undefined) {
        const missing = own(at + 1, sequence - 1)
        if (missing.length > 0) return `${missing.join(", ")} didn't come between ${before} and ${sequence}`
      }
      const fact = user.facts[sequence - 1]
      if (fact?.id !== event.id) return `${sequence} is not the event of that number`
      if (Buffer.compare(fact.payload, event.payloadBytes) !== 0) return `${sequence} has another payload`
      if (isForeign(sequence)) return `${sequence} is for another session`
      at = sequence
    }
  }
  const [first] = run.delivered
  if (run.after === undefined && run.liveAt !== undefined && first !== undefined && first.kind !== "gateway.gap") {
    const missing = own(run.liveAt + 1, first.sequence - 1)
    if (missing.length > 0) return `${missing.join(", ")} didn't come after the stream was live`
  }
  return undefined
}

/** The same for all runs of a program; what one has handled, the next one doesn't see again. */
export const faultOf = (app: App): string | undefined => {
  for (const run of app.runs) {
    const fault = faultOfRun(app, run)
    if (fault !== undefined) return `${app.sessionId.slice(-2)}: ${fault}`
  }
  return undefined
}
