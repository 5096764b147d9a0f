/** Findings as text: a word and a sentence for each, and what to do below those that need it. */
import type { Finding } from "@galaxy/contract/api/admin/Diagnostics"
import { safeLine } from "../output/safe.ts"

type OneFinding = typeof Finding.Type
type State = OneFinding["state"]

const order: ReadonlyArray<State> = ["ok", "unknown", "warning", "problem"]

/** The worst state of all; `ok` where there are none. */
export const worst = (findings: ReadonlyArray<OneFinding>): State =>
  findings.reduce<State>((found, { state }) => (order.indexOf(state) > order.indexOf(found) ? state : found), "ok")

const colours: Readonly<Record<State, number>> = { ok: 32, unknown: 2, warning: 33, problem: 31 }

const coloured = (state: State, text: string, color: boolean) =>
  color ? `\u001b[${colours[state]}m${text}\u001b[0m` : text

const widest = Math.max(...order.map((it) => it.length))

/** One line a finding, in the given order. */
export const findingsText = (findings: ReadonlyArray<OneFinding>, color: boolean): string =>
  findings
    .map(({ state, id, message, help }) => {
      const line = `${coloured(state, state.padEnd(widest), color)}  ${safeLine(message)}  [${safeLine(id)}]`
      return help === undefined ? `${line}\n` : `${line}\n${" ".repeat(widest)}  → ${safeLine(help)}\n`
    })
    .join("")
