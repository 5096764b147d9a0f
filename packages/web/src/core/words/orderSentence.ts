/** An order as a sentence, and a verdict in words. */
import type { Order } from "@galaxy/contract/engine/Order"
import { plain } from "./numbers.ts"
import type { Words } from "./Words.ts"

/** What the numbers in orders are called. */
export interface Names {
  /** The own race: named in `peace` and `war` it stands for everybody. */
  readonly race: string | undefined
  readonly planet: (number: number) => string
}

const own = <T extends object>(texts: T, key: string | undefined): T[keyof T] | undefined =>
  key !== undefined && Object.hasOwn(texts, key.toUpperCase()) ? texts[key.toUpperCase() as keyof T] : undefined

/** One sentence without a full stop, such as "Lyra makes Lancer". What is missing is a question mark. */
export const orderSentence = (words: Words, language: string, order: Order, names: Names): string => {
  const text = words.orders
  const number = plain(language)
  const say = (value: string | number | undefined): string =>
    value === undefined ? text.nothing : typeof value === "number" ? number(value) : value
  const planet = (of: number | undefined) => (of === undefined ? text.nothing : names.planet(of))
  const race = order.race !== undefined && order.race === names.race ? text.everybody : say(order.race)
  const goods = own(text.goods, order.goods) ?? say(order.goods)
  const whole =
    order.group === undefined && order.fleet !== undefined
      ? text.fleet(order.fleet)
      : order.group === 0
        ? text.newestGroup
        : text.group(say(order.group))
  const who = order.ships === undefined || order.ships === 0 ? whole : text.shipsOf(order.ships, whole)
  const { ops, blockParts, techParts } = text
  switch (order.op) {
    case "peace":
      return ops.peace(race)
    case "war":
      return ops.war(race)
    case "break_group":
      return ops.break_group(who)
    case "design_class": {
      const { drive = 0, armament = 0, weapons = 0, shields = 0, cargo = 0 } = order
      const parts = [
        drive === 0 ? [] : [blockParts.drive(number(drive))],
        armament === 0 && weapons === 0 ? [] : [blockParts.guns(armament, number(weapons))],
        shields === 0 ? [] : [blockParts.shields(number(shields))],
        cargo === 0 ? [] : [blockParts.cargo(number(cargo))]
      ].flat()
      return ops.design_class(say(order.name), parts.length === 0 ? text.nothing : parts.join(", "))
    }
    case "delete_class":
      return ops.delete_class(say(order.class))
    case "rename_class":
      return ops.rename_class(say(order.class), say(order.name))
    case "create_science": {
      const parts = (["drive", "weapons", "shields", "cargo"] as const).flatMap((tech) => {
        const part = order[tech] ?? 0
        return part === 0 ? [] : [techParts[tech](number(part))]
      })
      return ops.create_science(say(order.name), parts.length === 0 ? text.nothing : parts.join(", "))
    }
    case "delete_science":
      return ops.delete_science(say(order.science))
    case "merge_groups":
      return ops.merge_groups
    case "join_fleet": {
      const group = order.group === 0 ? text.newestGroup : text.group(say(order.group))
      const joins = order.ships === undefined || order.ships === 0 ? group : text.shipsOf(order.ships, group)
      return ops.join_fleet(joins, say(order.fleet))
    }
    case "merge_fleets":
      return ops.merge_fleets(say(order.fleet), say(order.into))
    case "give":
      return ops.give(who, say(order.race))
    case "dismantle":
      return ops.dismantle(who)
    case "load":
      return ops.load(order.amount === undefined ? goods : `${number(order.amount)} ${goods}`, who)
    case "unload":
      return order.amount === undefined ? ops.unload(who) : ops.unloadAmount(number(order.amount), who)
    case "rename_planet":
      return ops.rename_planet(planet(order.planet), say(order.name))
    case "produce":
      return ops.produce(planet(order.planet), productText(words, order.product))
    case "route":
      return order.to === undefined
        ? ops.noRoute(goods, planet(order.planet))
        : ops.route(goods, planet(order.planet), planet(order.to))
    case "send":
      return ops.send(who, planet(order.planet))
    case "vote":
      return ops.vote(say(order.race))
    case "upgrade": {
      const block = own(text.blocks, order.block ?? "ALL") ?? say(order.block)
      return order.level === undefined ? ops.upgrade(who, block) : ops.upgradeTo(who, block, number(order.level))
    }
    case "quit":
      return ops.quit
  }
}

/** What a planet makes, in words: a class and a science by their own names. */
export const productText = (words: Words, product: string | undefined): string =>
  product === undefined || product === "-"
    ? words.orders.nothing
    : (own(words.orders.products, product) ?? product.replace(/^SHIP /i, ""))

/** Why an order is refused, as a sentence; also for codes of a newer engine. */
export const codeText = (words: Words, code: string | undefined): string =>
  code !== undefined && Object.hasOwn(words.orders.codes, code)
    ? words.orders.codes[code as keyof Words["orders"]["codes"]]
    : words.orders.unknownCode
