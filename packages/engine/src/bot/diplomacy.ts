/** Peace, war and votes, by temperament. */
import type { PlayerStatus } from "@galaxy/contract/engine/Report"
import { say, type View } from "./View.ts"

/** The turn from which diplomats look for friends. */
const friendsFrom = 30
/** Diplomats offer their votes in this many turns of every ten, and take them back when nobody answers. */
const offered = 3

const strength = ({ population, industry }: { readonly population: number; readonly industry: number }): number =>
  population + industry

/**
 * Whom a diplomat votes for: the next race in the list, leaving out the leader. Where all do so, a ring closes.
 *
 * It votes for itself when no ring came about, or when its votes would make the other the only winner.
 */
const friendOf = ({ report, me }: View, leader: PlayerStatus | undefined): string => {
  const { votes, summary } = report
  if (summary.turn < friendsFrom) return me.name
  const all = report.players.filter((it) => !it.extinct && it !== leader)
  const friend = all[(all.findIndex((it) => it.name === me.name) + 1) % all.length]?.name ?? me.name
  const allied = votes.alliances.some((it) => it.members.includes(me.name))
  if (allied && votes.voting_for === friend) return friend
  if (summary.turn % 10 >= offered) return me.name
  const others = votes.races.find((it) => it.race === friend)
  const withOurs = (others?.received ?? 0) + (votes.voting_for === friend ? 0 : votes.own)
  return others?.voting_for === friend && withOurs >= votes.needed ? me.name : friend
}

/**
 * Orders war, peace and votes. Only diplomats make peace and vote for others; the rest stay at war and vote for
 * themselves.
 */
export const negotiate = (view: View): void => {
  const { report, style, me } = view
  const others = report.players.filter((it) => it.name !== me.name && !it.extinct)
  const [leader] = others.toSorted((a, b) => strength(b) - strength(a))
  if (style.temperament === "diplomat") {
    for (const other of others) {
      const wanted = other === leader && strength(other) > strength(me) ? "war" : "peace"
      if (other.relation !== wanted) say(view, { op: wanted, race: other.name })
    }
  }
  const favourite = style.temperament === "diplomat" ? friendOf(view, leader) : me.name
  if (report.votes.voting_for !== favourite) say(view, { op: "vote", race: favourite })
}
