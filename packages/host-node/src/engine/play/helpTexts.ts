/** The texts of `play --help`. */
import { rulesetNames } from "@galaxy/contract/engine/Admin"
import { maxRaces, maxSeedText } from "@galaxy/contract/engine/Limits"
import { orderLines } from "@galaxy/engine/text/orderHelp"

const orders = orderLines.map((line) => `  ${line.trimEnd()}`).join("\n")

const grammar = `The letter or the word begins a line, in any case. What is in brackets can be left out.

  group    its number, or MAX for the newest
  planet   its number, 12 or #12, or its name
  ships    how many of the group; all of them when left out, or 0
  goods    COL, CAP or MAT; for a route EMP too
  product  CAP, MAT, DRIVE, WEAPONS, SHIELDS or CARGO, or the name of a science or a ship class
  block    DRIVE, WEAPONS, SHIELDS, CARGO or ALL

A name with spaces is put in "quotes". What follows a ; or a # is a comment.`

/** `play --help`. */
export const general = `Plays a game of Galaxy on this machine, out of one file and without a server.

  play new     makes a galaxy and puts it into a file
  play check   says what is wrong with orders, without making a turn
  play turn    reads the orders of the races and makes the next turn
  play report  prints a race's report of the turn that was made last
  play map     draws a map of what a race sees
  play orders  lists the orders that a race can give

play <command> --help tells more of each. The rules are in docs/guides/rules.md.
Exit codes: 0 done, 1 it can't be done, 2 the command line is wrong.

Orders, one on a line:

${orders}
`

/** `play <command> --help`, by command. */
export const helpOf = {
  new: `play new --races A,B[,…] --state FILE [--seed TEXT] [--ruleset NAME] [--reports FOLDER]

Makes the galaxy of a new game. An existing file is never overwritten.

  --races    names of the races, 2 to ${maxRaces}, with commas between them
  --state    the file to make; it holds everything about the game, its secrets too
  --seed     what chance follows from, up to ${maxSeedText} characters; the same seed and races make the same game
  --ruleset  ${rulesetNames.join(" or ")}; ${rulesetNames[0]} when left out
  --reports  folder for the first report of each race, as text and as JSON
`,
  check: `play check --state FILE --orders RACE=FILE… [--keep-going]

Reads orders as play turn does, and says which of them would be refused as far as their race can know. Nothing is
changed. The turn may decide otherwise, since others act too.

  --state       the file that play new made
  --orders      the orders of a race, one on a line, as play orders explains
  --keep-going  check the other lines too when some can't be read
`,
  turn: `play turn --state FILE [--orders RACE=FILE]… [--bot RACE]… [--keep-going] [--reports FOLDER]

Makes the next turn. The file keeps the old turn until the whole new one is on the disk.

  --state       the file that play new made
  --orders      the orders of a race, one on a line, as play orders explains; a race without a file gives no orders
  --bot         a race that the computer plays: it reads the race's report and nothing else
  --keep-going  leave out lines that can't be read, instead of making no turn
  --reports     folder for the report of each race, as text and as JSON

What can't be read is printed as FILE:LINE:COLUMN, and no turn is made. An order that can be read but not carried out
is skipped, and printed in the same way with the reason.
`,
  report: `play report --state FILE --race RACE [--json]

Prints a race's report of the turn that was made last.

  --state  the file that play new made
  --race   whose report
  --json   as JSON, with everything that the text leaves out
`,
  map: `play map --state FILE --race RACE [--at PLANET [--radius LIGHT-YEARS]]

Draws a map of what a race's last report shows, 80 columns wide. The edges of the map are joined.

  --state   the file that play new made
  --race    whose map
  --at      a planet by name or number: it comes to the middle, and distances from it are listed
  --radius  how far the map goes from there; everything when left out
`,
  orders: `play orders

Lists the orders that a race can give, as they are written in a file for play turn --orders:

${orders}

${grammar}
`
} as const
