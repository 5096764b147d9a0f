/** Each order in one line, for people who write them: how it is written, its word, and what it does. */
import { type OrderOp, orderOps } from "@galaxy/contract/engine/OrderArguments"
import { forms, type OrderForm, sendFleet, sendGroup, usage } from "./forms.ts"
import { orderWords } from "./orderWords.ts"
import { headed, words } from "./table.ts"

/** What each operation does; for `send` when a group is sent. */
export const orderMeanings: Record<OrderOp, string> = {
  peace: "you are at peace with the race",
  war: "you are at war with the race",
  break_group: "ships become a new group, in no fleet",
  design_class: "a new ship class",
  delete_class: "the class is deleted",
  rename_class: "the class gets another name",
  create_science: "a new science",
  delete_science: "the science is deleted",
  merge_groups: "identical groups become one",
  join_fleet: "ships join the fleet, which is created if it doesn't exist",
  merge_fleets: "the first fleet joins the second",
  give: "ships change their owner",
  dismantle: "ships become ore",
  load: "goods come aboard",
  unload: "goods are put down",
  rename_planet: "the planet gets another name",
  produce: "the planet makes something else",
  route: "a route begins, or ends without `to`",
  send: "ships leave for the planet",
  vote: "you give your votes to the race",
  upgrade: "ships get your current technologies",
  quit: "you leave in three turns"
}

/** What the form of `send` does that names a fleet. */
export const sendFleetMeaning = "the whole fleet leaves"

/** A fleet is sent whole. The form has room for a number of ships, so that the engine can say so. */
const wholeFleet: OrderForm = { ...sendFleet, fields: sendFleet.fields.slice(0, sendFleet.needed) }

/** The forms of an operation as people write them. */
export const writtenForms = (op: OrderOp): ReadonlyArray<OrderForm> =>
  op === "send" ? [sendGroup, wholeFleet] : [forms[op]]

/** A table of all orders, in lines of less than 120 characters. */
export const orderLines: ReadonlyArray<string> = headed<OrderForm>(
  [
    words("order", (form) => usage(form, form.letter)),
    words("word", ({ op }) => orderWords[op][0]),
    words("what it does", (form) => (form === wholeFleet ? sendFleetMeaning : orderMeanings[form.op]))
  ],
  orderOps.flatMap(writtenForms)
)
