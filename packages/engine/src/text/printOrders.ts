/**
 * Writes orders as classic order text, which `parseOrders` reads back as the same orders. Only for ships, 0 and no
 * number are written alike.
 *
 * An order that lacks a needed argument has `?` in its place, so it is refused instead of read as another order.
 */
import type { Order } from "@galaxy/contract/engine/Order"
import { isDecimal, printDecimal } from "./decimals.ts"
import {
  classKeyword,
  type OrderField,
  type OrderForm,
  forms,
  kindOf,
  missing,
  newestGroup,
  sendFleet,
  sendGroup
} from "./forms.ts"
import { quoteWord } from "./words.ts"

const needsQuotes = (text: string): boolean =>
  !/^[^\s\p{Cc}";#][^\s\p{Cc}";]*$/u.test(text) ||
  isDecimal(text) ||
  text === missing ||
  text.toUpperCase() === newestGroup

const printText = (text: string): string => (needsQuotes(text) ? quoteWord(text) : text)

const printProduct = (product: string): string =>
  product.startsWith(`${classKeyword} `)
    ? `${classKeyword} ${printText(product.slice(classKeyword.length + 1))}`
    : printText(product)

const printArgument = (field: OrderField, value: string | number | undefined): string => {
  // No number of ships means all of them, as 0 does.
  if (value === undefined) return field === "ships" ? "0" : missing
  if (typeof value === "number") return kindOf(field) === "group" && value === 0 ? newestGroup : printDecimal(value)
  return field === "product" ? printProduct(value) : printText(value)
}

const formOf = (order: Order): OrderForm => {
  if (order.op !== "send") return forms[order.op]
  return order.group === undefined && order.fleet !== undefined ? sendFleet : sendGroup
}

/** The line of an order, without a line break. */
export const printOrder = (order: Order): string => {
  const form = formOf(order)
  const last = form.fields.findLastIndex((field) => order[field] !== undefined)
  const fields = form.fields.slice(0, Math.max(form.needed, last + 1))
  return [form.letter, ...fields.map((field) => printArgument(field, order[field]))].join(" ")
}

/** One order per line, each with a line break. */
export const printOrders = (orders: ReadonlyArray<Order>): string =>
  orders.map((order) => `${printOrder(order)}\n`).join("")
