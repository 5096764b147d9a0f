/**
 * Questions to the operator. They are asked only where somebody can answer: standard input and standard error are
 * terminals and the format is text. Else the failure names the flag that answers instead.
 */
import { Context, Effect, Layer } from "effect"
import { Cancelled, Usage } from "../failures.ts"
import { Globals } from "../globals.ts"
import { Host } from "../host/Host.ts"
import { safeLine } from "../output/safe.ts"

const tries = 3

const make = Effect.gen(function* () {
  const { stdin, stderr } = yield* Host
  const { format } = yield* Globals
  const possible = stdin.isTerminal && stderr.isTerminal && format === "text"

  const answer = (question: string, flag: string, hidden = false) =>
    Effect.gen(function* () {
      if (!possible) return yield* new Usage({ message: `Nobody can be asked "${safeLine(question)}"`, hint: flag })
      const line = yield* stdin.question(`${safeLine(question)} `, { hidden })
      if (line === undefined) return yield* new Cancelled({ message: "The input ended. Nothing was done." })
      return line
    })

  /** Goes on after a yes; anything else is no. */
  const yes = Effect.fnUntraced(function* (question: string, flag: string) {
    const line = yield* answer(`${question} [y/N]`, flag)
    if (!/^\s*(y|yes)\s*$/i.test(line)) return yield* new Cancelled({ message: "Nothing was done." })
  })

  /** Goes on once the text was typed. */
  const typed = Effect.fnUntraced(function* (question: string, wanted: string, flag: string) {
    for (let left = tries; left > 0; left--) {
      const line = (yield* answer(question, flag)).trim()
      // A name with characters that no terminal shows can only be given as it is shown.
      if (line === wanted || line === safeLine(wanted)) return
      if (line === "") break
      yield* stderr.write(`That isn't "${safeLine(wanted)}".\n`)
    }
    return yield* new Cancelled({ message: "Nothing was done." })
  })

  /** A line that isn't empty. */
  const text = Effect.fnUntraced(function* (question: string, flag: string) {
    for (let left = tries; left > 0; left--) {
      const line = (yield* answer(question, flag)).trim()
      if (line !== "") return line
    }
    return yield* new Cancelled({ message: "Nothing was done." })
  })

  /** A secret, which isn't shown. */
  const secret = (question: string, flag: string) => answer(question, flag, true)

  return { possible, yes, typed, text, secret }
})

/** Questions to the operator. */
export class Ask extends Context.Service<Ask, Effect.Success<typeof make>>()("galaxy-admin/Ask") {
  /** Asks at the host's terminal. */
  static readonly layer = Layer.effect(Ask, make)
}
