/** The fight simulator of the designer. Loaded with it. */
import type { simulator as en } from "../en/simulator.ts"
import { plural } from "../plural.ts"
import type { Section } from "../Section.ts"

const fightForms = plural("ru", { one: "бой", few: "боя", many: "боёв" })
const inFights = plural("ru", { one: "бою", many: "боях" })

/** In Russian. */
export const simulator: Section<typeof en> = {
  title: "Пробный бой",
  text: "Бой по правилам игры, снова и снова. Приказов это не даёт.",
  mine: "Кораблей этого проекта",
  against: "Против",
  theirs: "Их кораблей",
  run: "Начать бой",
  again: "Ещё раз",
  running: (fights: number) => `Уже ${fights} ${fightForms(fights)}…`,
  of: (fights: number) => `В ${fights} ${inFights(fights)}`,
  won: "Побеждаете вы",
  lost: "Побеждают они",
  drawn: "Никто не побеждает",
  mineLeft: "У вас остаётся в среднем",
  theirsLeft: "У них остаётся в среднем",
  bad: (most: string) => `Число кораблей целое, от 1 до ${most}.`
}
