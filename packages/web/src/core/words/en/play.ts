/** The frame of a game: its bar, its pages and the states in which it can be. */
export const play = {
  nav: {
    label: "Game",
    map: "Map",
    planets: "Planets",
    ships: "Ships",
    designs: "Designs",
    races: "Races",
    orders: "Orders",
    report: "Report",
    empire: "Empire",
    more: "More",
    games: "All games"
  },
  turn: (turn: number) => `Turn ${turn}`,
  left: (time: string) => `${time} left`,
  until: (time: string) => `until ${time}`,
  due: "The turn is being made",
  noTurnDue: "No turn is due",
  votes: "Votes",
  ofVotes: (needed: string) => `of ${needed}`,
  votesText: (have: string, needed: string) => `You have ${have} of the ${needed} votes that win.`,
  past: (turn: number) => `You are looking at turn ${turn}`,
  pastText: "Orders go to the newest turn.",
  backToCurrent: (turn: number) => `Back to turn ${turn}`,
  ready: {
    title: (turn: number) => `Turn ${turn} is ready`,
    away: (turns: number) => (turns === 1 ? "1 turn since you looked." : `${turns} turns since you looked.`),
    viewNow: "View now",
    short: (turn: number) => `View turn ${turn}`
  },
  fromDevice: "From this device; the server hasn't answered yet.",
  reportMissing: "The report of this turn can't be loaded",
  starting: "The game hasn't begun",
  startingText: "The map and the first report are here once it has started.",
  toLobby: "To the game's page",
  removed: "You are no longer in this game",
  removedText: "What is on this device can still be read; new reports don't come.",
  blocked: "You have been blocked from this game",
  paused: "The game is paused",
  pausedText: "No turn is made until it goes on. Orders can be written, and are sent then.",
  failed: "The turn could not be made",
  failedText: "The people who run this server have been told. Your orders are safe.",
  finished: "The game is over",
  won: "You have won",
  wonWith: (names: string) => `You have won together with ${names}.`,
  winners: (names: string) => `Won by ${names}.`,
  noWinners: "Nobody has won.",
  extinct: "Your race has left the game",
  extinctText: "The reports of the turns that it lived through can still be read.",
  cancelled: "The game was cancelled",
  more: {
    title: "More",
    gamePage: "About this game",
    keys: "Keys",
    keysOn: "Keys without Ctrl or Alt do something",
    keysText: "Switch them off if you speak to your device, or press keys by mistake.",
    keyList: {
      pages: "Map, planets, ships, designs, races, orders, report",
      turns: "The turn before and after",
      undo: "Undo and redo an order",
      find: "Find a planet",
      planets: "Next and previous planet of yours",
      neighbour: "The nearest planet in that direction",
      need: "The next planet that needs you",
      inspect: "Show the planet or order it; one step back",
      order: "Production, send, route, load, upgrade",
      reach: "Range, measure",
      pan: "Move the map",
      zoom: "Closer, farther, everything, home",
      help: "All of these"
    }
  },
  turnsLeft: (turns: number) =>
    turns === 1
      ? "Give an order: after the next turn without one your race leaves the game."
      : `Give an order: after ${turns} turns without one your race leaves the game.`
}
