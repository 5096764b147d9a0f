/** Peace, war and votes, by temperament. */
import { say, type View } from "./View.ts"

/** Diplomats look for friends once everybody has shown what they are. */
const friendsFrom = 30

const strength = ({ population, industry }: { readonly population: number; readonly industry: number }): number =>
  population + industry

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
  if (style.temperament === "diplomat" && report.summary.turn >= friendsFrom) {
    // Votes go round among friends: to the next in the list, which closes a ring where all think alike.
    const all = report.players.filter((it) => !it.extinct && it !== leader)
    const next = all[(all.findIndex((it) => it.name === me.name) + 1) % all.length]
    const friend = next?.name ?? me.name
    if (report.votes.voting_for !== friend) say(view, { op: "vote", race: friend })
  } else if (report.votes.voting_for !== me.name) say(view, { op: "vote", race: me.name })
}
