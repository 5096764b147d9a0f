/** Section "votes": who votes for whom, and what it takes to win. */
import type { Votes } from "@galaxy/contract/engine/Report"
import type { Election } from "../formulas/votes.ts"
import { type Galaxy, raceAt } from "../state/Galaxy.ts"
import { toHundredths } from "./rounding.ts"

export const votes = (galaxy: Galaxy, race: number, election: Election): Votes => {
  const nameOf = (index: number): string => raceAt(galaxy, index).name
  const mine = election.ballots[race]
  return {
    voting_for: nameOf(mine?.votesFor ?? race),
    own: toHundredths(mine?.own ?? 0),
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
    needed: toHundredths(election.needed)
  }
}
