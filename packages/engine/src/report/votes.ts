/** Section "votes": who votes for whom, and what it takes to win. */
import type { Votes } from "@galaxy/contract/engine/Report"
import { votesDecide } from "../formulas/votes.ts"
import { raceAt } from "../state/lookups.ts"
import type { Facts } from "./Facts.ts"
import { toHundredths } from "./rounding.ts"

/** The part that is the same for every reader. */
export type Poll = Omit<Votes, "voting_for" | "own">

/** Prepares the part for all readers: who votes for whom is public, and so are alliances. */
export const poll = ({ galaxy, ruleset, election }: Facts): Poll => {
  const nameOf = (index: number): string => raceAt(galaxy, index).name
  return {
    races: election.ballots.map((ballot, index) => ({
      race: nameOf(index),
      own: toHundredths(ballot.own),
      voting_for: nameOf(ballot.votesFor),
      received: toHundredths(ballot.received)
    })),
    alliances: election.alliances.map((ring) => ({
      members: ring.members.map(nameOf),
      votes: toHundredths(ring.votes)
    })),
    total: toHundredths(election.total),
    needed: toHundredths(election.needed),
    ...(votesDecide(ruleset, galaxy.turn + 1) ? {} : { decides_from: ruleset.votesFromTurn })
  }
}

/** The section for one reader, with whom it votes for and its own votes. */
export const votes = ({ galaxy, election }: Facts, race: number, all: Poll): Votes => {
  const mine = election.ballots[race]
  return {
    voting_for: raceAt(galaxy, mine?.votesFor ?? race).name,
    own: toHundredths(mine?.own ?? 0),
    ...all
  }
}
