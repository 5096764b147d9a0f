/**
 * What a line of order text may begin with: the letter of an order, or a word for it, in any case.
 *
 * A letter can stand for several operations, and so can a word; which of them is meant follows from the arguments. Most
 * words say more than their letter: `Design` never deletes a class, as `D` with a name alone does.
 */
import { type OrderOp, orderOps } from "@galaxy/contract/engine/OrderArguments"
import { isDecimal } from "./decimals.ts"
import { forms, newestGroup, type OrderForm, sendFleet, sendGroup } from "./forms.ts"
import type { Word } from "./words.ts"

/** Words of each operation; the first is the one that is told. Names of operations are read too. */
export const orderWords: Record<OrderOp, readonly [string, ...ReadonlyArray<string>]> = {
  peace: ["Peace", "Ally"],
  war: ["War"],
  break_group: ["Break"],
  design_class: ["Design"],
  delete_class: ["Delete"],
  rename_class: ["Type", "Rename"],
  create_science: ["Science"],
  delete_science: ["Forget"],
  merge_groups: ["Merge"],
  join_fleet: ["Join", "Merge"],
  merge_fleets: ["Join", "Merge"],
  give: ["Give"],
  dismantle: ["Dismantle", "Scrap"],
  load: ["Load"],
  unload: ["Unload"],
  rename_planet: ["Name", "Rename"],
  produce: ["Produce"],
  route: ["Route"],
  send: ["Send"],
  vote: ["Vote"],
  upgrade: ["Upgrade"],
  quit: ["Quit"]
}

/** What a line begins with: how it is spelled, and the operations that it can mean. */
export interface Command {
  readonly text: string
  readonly ops: ReadonlyArray<OrderOp>
}

const commands: ReadonlyMap<string, Command> = (() => {
  const all = new Map<string, { readonly text: string; readonly ops: Array<OrderOp> }>()
  for (const op of orderOps) {
    const spelled = new Map([forms[op].letter, op, ...orderWords[op]].map((text) => [text.toLowerCase(), text]))
    for (const [key, text] of spelled) {
      const command = all.get(key)
      if (command === undefined) all.set(key, { text, ops: [op] })
      else command.ops.push(op)
    }
  }
  return all
})()

/** The command that a word spells; undefined when it is none, as a quoted word never is. */
export const commandOf = (word: Word): Command | undefined =>
  word.quoted ? undefined : commands.get(word.text.toLowerCase())

/** All letters with their words, for somebody who has written something else. */
export const allCommands: string = [...new Set(orderOps.map((op) => forms[op].letter))]
  .map((letter) => {
    const ops = orderOps.filter((op) => forms[op].letter === letter)
    return `${letter} (${[...new Set(ops.map((op) => orderWords[op][0]))].join(", ")})`
  })
  .join(", ")

const isNumber = (word: Word | undefined): boolean =>
  word !== undefined && !word.quoted && isDecimal(word.text.replace(/^#/, ""))

/** Whether a word is the number of a group, or the word for the newest one. */
export const isGroup = (word: Word | undefined): boolean =>
  word !== undefined && !word.quoted && (isDecimal(word.text) || word.text.toUpperCase() === newestGroup)

/** Tells operations with one letter or word apart by the arguments. */
const suits: Partial<Record<OrderOp, (given: ReadonlyArray<Word>) => boolean>> = {
  design_class: ({ length }) => length !== 1,
  create_science: ({ length }) => length !== 1,
  merge_groups: ({ length }) => length === 0,
  join_fleet: ([first]) => isGroup(first),
  rename_class: ([first]) => !isNumber(first)
}

/** The form that a command with these arguments has. */
export const formOf = ({ ops }: Command, given: ReadonlyArray<Word>): OrderForm => {
  const op = ops.find((it) => suits[it]?.(given) ?? true) ?? ops[0] ?? "merge_groups"
  if (op !== "send") return forms[op]
  return given.length === 0 || isGroup(given[0]) ? sendGroup : sendFleet
}
