/**
 * Orders as people write them into files. A file is read completely, or refused with all of its errors by line and
 * column.
 */
import type { Order, OrderOutcome } from "@galaxy/contract/engine/Order"
import { maxOrdersTextBytes, parseOrders } from "@galaxy/engine/text/parseOrders"
import { wordsOf } from "@galaxy/engine/text/words"
import { Effect, FileSystem, Result } from "effect"
import { type CannotPlay, cannot, fileProblem } from "./failures.ts"

/** The orders of one file, with the place of each for messages. */
export interface OrdersRead {
  readonly file: string
  readonly orders: ReadonlyArray<Order>
  /** `line:column` of each order, from 1. */
  readonly places: ReadonlyArray<string>
}

const utf8 = new TextDecoder("utf-8", { fatal: true })

const columnOf = (line: string): number => {
  const words = wordsOf(line)
  return Result.isSuccess(words) ? (words.success[0]?.column ?? 1) : 1
}

const readOrders = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  const bytes = yield* Effect.gen(function* () {
    const { size } = yield* fs.stat(file)
    return size > maxOrdersTextBytes ? undefined : yield* fs.readFile(file)
  }).pipe(Effect.mapError((error) => cannot(`${file} can't be read: ${fileProblem(error)}`)))
  if (bytes === undefined) return yield* cannot(`${file} is longer than ${maxOrdersTextBytes} bytes`)
  const text = yield* Effect.try({
    try: () => utf8.decode(bytes),
    catch: () => cannot(`${file} is not UTF-8 text`)
  })
  const parsed = parseOrders(text)
  if (Result.isFailure(parsed)) {
    return yield* cannot(...parsed.failure.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`))
  }
  const { orders, lines } = parsed.success
  const source = text.split(/\r\n|\n|\r/)
  const places = lines.map((line) => `${line}:${columnOf(source[line - 1] ?? "")}`)
  return { file, orders, places }
})

/** Reads all files; fails with the errors of all of them at once. */
export const readAll = Effect.fnUntraced(function* (files: ReadonlyArray<string>) {
  const read: Array<OrdersRead> = []
  const problems: Array<string> = []
  for (const file of files) {
    const result: Result.Result<OrdersRead, CannotPlay> = yield* Effect.result(readOrders(file))
    if (Result.isSuccess(result)) read.push(result.success)
    else problems.push(...result.failure.problems)
  }
  return problems.length === 0 ? read : yield* cannot(...problems)
})

/** A line for each order that was not carried out. */
export const refusals = ({ file, places }: OrdersRead, outcomes: ReadonlyArray<OrderOutcome>): ReadonlyArray<string> =>
  outcomes.flatMap(({ accepted, position, code, message }) =>
    accepted ? [] : [`${file}:${places[position] ?? "?"}: refused: ${code ?? "unknown"}: ${message ?? ""}`]
  )
