/**
 * Orders as people write them into files. A file is read completely, or refused with all of its errors by line and
 * column; with `keepGoing` only the lines that have errors are left out.
 */
import type { Order } from "@galaxy/contract/engine/Order"
import type { OrderReader } from "@galaxy/engine/text/OrderReader"
import { maxOrdersTextBytes, type OrderTextError, readOrders } from "@galaxy/engine/text/parseOrders"
import { Effect, FileSystem, Result } from "effect"
import { type CannotPlay, cannot, fileProblem } from "./failures.ts"

/** A file, and who has written it. */
export interface WrittenOrders {
  readonly file: string
  readonly writer: OrderReader
}

/** A place in a file, from 1. */
export interface PlaceInFile {
  readonly line: number
  readonly column: number
}

/** The orders of one file, with the place of each for messages. */
export interface OrdersRead {
  readonly file: string
  readonly orders: ReadonlyArray<Order>
  /** Where each order stands. */
  readonly places: ReadonlyArray<PlaceInFile>
  /** What is wrong with the lines that were left out. */
  readonly unread: ReadonlyArray<OrderTextError>
  /** How many lines were left out because of errors. */
  readonly wrong: number
  /** How many lines stand outside of the frame of the orders. */
  readonly outside: number
}

const utf8 = new TextDecoder("utf-8", { fatal: true })

const columnOf = (line: string): number => line.search(/\S/) + 1

const readFile = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  const bytes = yield* Effect.gen(function* () {
    const { size } = yield* fs.stat(file)
    return size > maxOrdersTextBytes ? undefined : yield* fs.readFile(file)
  }).pipe(Effect.mapError((error) => cannot(`${file} can't be read: ${fileProblem(error)}`)))
  if (bytes === undefined) return yield* cannot(`${file} is longer than ${maxOrdersTextBytes} bytes`)
  return yield* Effect.try({
    try: () => utf8.decode(bytes),
    catch: () => cannot(`${file} is not UTF-8 text`)
  })
})

const readWritten = Effect.fnUntraced(function* ({ file, writer }: WrittenOrders, keepGoing: boolean) {
  const text = yield* readFile(file)
  const told = ({ line, column, message }: OrderTextError): string => `${file}:${line}:${column}: ${message}`
  const read = readOrders(text, writer)
  if (Result.isFailure(read)) return yield* cannot(...read.failure.map(told))
  const { orders, lines, errors, wrong, outside } = read.success
  if (errors.length > 0 && !keepGoing) return yield* cannot(...errors.map(told))
  const source = text.split(/\r\n|\n|\r/)
  const places = lines.map((line) => ({ line, column: columnOf(source[line - 1] ?? "") }))
  return { file, orders, places, unread: errors, wrong, outside }
})

/** Reads all files; fails with the errors of all of them at once. */
export const readAll = Effect.fnUntraced(function* (files: ReadonlyArray<WrittenOrders>, keepGoing: boolean) {
  const read: Array<OrdersRead> = []
  const problems: Array<string> = []
  for (const file of files) {
    const result: Result.Result<OrdersRead, CannotPlay> = yield* Effect.result(readWritten(file, keepGoing))
    if (Result.isSuccess(result)) read.push(result.success)
    else problems.push(...result.failure.problems)
  }
  return problems.length === 0 ? read : yield* cannot(...problems)
})
