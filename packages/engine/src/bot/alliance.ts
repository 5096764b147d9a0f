/** Alliances of two races that vote for each other, and win together when they hold enough votes. */
import { hasAttacked } from "./diplomacy.ts"
import { say, type View } from "./View.ts"

/** The turn from which bots look for allies. */
const alliesFrom = 15
/** An attack within so many turns ends an alliance, or prevents one. */
const mistrust = 15
/** Diplomats offer their vote in this many turns of every `offerEvery`, and take it back when nobody answers. */
const offered = 3
const offerEvery = 10

const choiceOf = (view: View, race: string): string | undefined =>
  view.report.votes.races.find((it) => it.race === race)?.voting_for

/** Whether the bot would trust a race as its ally. */
const isTrusted = (view: View, race: string): boolean =>
  view.others.some((it) => it.name === race) && !hasAttacked(view, race, mistrust)

/** Whether the race and another one vote for each other. */
const isTaken = (view: View, race: string): boolean =>
  view.report.votes.alliances.some((it) => it.members.includes(race))

/** Whether the vote for a race that votes for itself would make it the winner, without the bot. */
const givesAway = (view: View, race: string): boolean => {
  const { votes } = view.report
  const its = votes.races.find((it) => it.race === race)
  const withOurs = (its?.received ?? 0) + (votes.voting_for === race ? 0 : votes.own)
  return its?.voting_for === race && withOurs >= votes.needed
}

/** The race that the bot is allied with: each of the two votes for the other. */
export const allyOf = (view: View): string | undefined => {
  const { name } = view.me
  const choice = view.report.votes.voting_for
  return choice !== name && choiceOf(view, choice) === name && isTrusted(view, choice) ? choice : undefined
}

/** The race to which a diplomat offers its vote this turn. */
const offerTo = (view: View): string | undefined => {
  if (view.style.temperament !== "diplomat" || view.turn % offerEvery >= offered) return undefined
  const free = view.others.filter((it) => isTrusted(view, it.name) && !isTaken(view, it.name))
  return free[Math.floor(view.turn / offerEvery) % free.length]?.name
}

/** Whom the bot votes for: its ally, a race that votes for it, one to which it offers its vote, or itself. */
const favourite = (view: View, ally: string | undefined): string => {
  const { me, style, turn } = view
  if (!style.skill.allies || turn < alliesFrom) return me.name
  const suitor = view.others.find((it) => choiceOf(view, it.name) === me.name && isTrusted(view, it.name))?.name
  const wanted = ally ?? suitor ?? offerTo(view)
  return wanted === undefined || givesAway(view, wanted) ? me.name : wanted
}

/** Orders the vote if it should change. */
export const vote = (view: View, ally: string | undefined): void => {
  const race = favourite(view, ally)
  if (view.report.votes.voting_for !== race) say(view, { op: "vote", race })
}
