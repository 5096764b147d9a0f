/** What happened since the last turn, in words. */
import type { SinceItem } from "../report/since.ts"
import { decimals, list, plain } from "./numbers.ts"
import { someNames } from "./shorten.ts"
import type { Words } from "./Words.ts"

export interface SinceText {
  readonly title: string
  readonly text?: string
}

/** A sentence that says it, and one that says more. */
export const sinceText = (
  words: Words,
  language: string,
  item: SinceItem,
  planet: (number: number) => string
): SinceText => {
  const { since, techs } = words.report
  const exact = decimals(language)
  const about = plain(language)
  const whole = (value: number) => about(Math.round(value))
  const places = (numbers: ReadonlyArray<number>) => someNames(language, numbers.map(planet))
  switch (item._tag) {
    case "lost": {
      const { bombing } = item
      const sign = `#${item.planet}`
      return {
        title: since.lost(
          planet(item.planet) === sign && item.name !== String(item.planet) ? item.name : planet(item.planet)
        ),
        text:
          bombing === undefined
            ? since.lostText
            : since.wipedBy(
                bombing.bomber,
                exact(bombing.power),
                whole(bombing.destroyed_population),
                whole(bombing.destroyed_industry)
              )
      }
    }
    case "bombed":
    case "bombedOthers": {
      const { bombing } = item
      const args = [
        exact(bombing.power),
        whole(bombing.destroyed_population),
        whole(bombing.destroyed_industry)
      ] as const
      const at = planet(bombing.planet)
      if (item._tag === "bombed") return { title: since.bombed(at, bombing.bomber), text: since.bombedText(...args) }
      return bombing.result === "Wiped"
        ? { title: since.wipedOthers(at, bombing.owner), text: since.wipedOthersText(...args) }
        : { title: since.bombedOthers(at, bombing.owner), text: since.bombedText(...args) }
    }
    case "battles":
      return { title: since.battles(item.all, item.mine), text: since.battlesText(item.lost, item.destroyed) }
    case "battlesSeen":
      return { title: since.battlesSeen(item.all) }
    case "approaching":
      return {
        title: since.approaching(item.groups),
        text: since.approachingText(places(item.planets), about(item.mass), planet(item.origin), item.turns)
      }
    case "idle":
      return { title: since.idle(places(item.planets)), text: since.idleText }
    case "refused":
      return { title: since.refused(item.refused, item.all) }
    case "gone":
      return { title: since.gone(list(language, item.races)) }
    case "won":
      return { title: since.won(places(item.planets)) }
    case "built":
      return { title: since.built(item.ships) }
    case "research":
      return {
        title: since.research(
          item.levels.map(({ tech, before, after }) => since.level(techs[tech], exact(before), exact(after))).join(", ")
        )
      }
    case "done":
      return { title: since.done(item.all) }
    case "quiet":
      return { title: since.quiet }
  }
}
