/** The galaxy in one line, votes, and the table of races. */
import type { Alliance, GalaxySummary, PlayerStatus, RaceVotes, Votes } from "@galaxy/contract/engine/Report"
import { type Section, tabled, under } from "../Section.ts"
import { amount, type Column, count, decimal, plain, table, words } from "../table.ts"
import { levels } from "./levels.ts"

const summary: ReadonlyArray<Column<GalaxySummary>> = [
  count("Turn", (it) => it.turn),
  amount("Size", (it) => it.size),
  count("Planets", (it) => it.planets),
  count("Players", (it) => it.players)
]

/** The turn, the map's side, the number of planets, and the races still in the game. */
export const summarySection = (galaxy: GalaxySummary): Section => tabled("Galaxy", summary, [galaxy])

const ballot: ReadonlyArray<Column<RaceVotes>> = [
  words("Race", (it) => it.race),
  amount("Own", (it) => it.own),
  words("For", (it) => it.voting_for),
  amount("Received", (it) => it.received)
]

const alliance: ReadonlyArray<Column<Alliance>> = [
  words("Members", (it) => it.members.join(", ")),
  amount("Votes", (it) => it.votes)
]

/** The reader's own vote, the votes of all races, alliances, and how many votes win. */
export const votesSection = (votes: Votes): Section => ({
  title: "Votes",
  lines: [
    `You vote for ${plain(votes.voting_for)} with ${decimal(votes.own)} votes.`,
    ...table(ballot, votes.races),
    ...under("Alliances", table(alliance, votes.alliances)),
    `Total ${decimal(votes.total)}, needed to win ${decimal(votes.needed)}.`,
    ...(votes.decides_from === undefined ? [] : [`Votes decide nothing before turn ${votes.decides_from}.`])
  ]
})

const standing = ({ extinct, turns_left: left }: PlayerStatus): string | undefined => {
  if (extinct) return "extinct"
  return left === undefined ? undefined : `${left} ${left === 1 ? "turn" : "turns"} left`
}

const relations = { war: "War", peace: "Peace" }

const player: ReadonlyArray<Column<PlayerStatus>> = [
  words("N", (it) => it.name),
  ...levels,
  amount("P", (it) => it.population),
  amount("I", (it) => it.industry),
  count("#", (it) => it.planets),
  words("R", (it) => (it.relation === undefined ? undefined : relations[it.relation])),
  amount("V", (it) => it.votes_received),
  words("State", standing)
]

/** One row per race. Its state says that it has left, or how many turns it has left when it is warned. */
export const playersSection = (players: ReadonlyArray<PlayerStatus>): Section =>
  tabled("Status of players", player, players)
