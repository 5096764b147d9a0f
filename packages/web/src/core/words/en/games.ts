/** The list of a player's games. */
export const games = {
  title: "Games",
  mine: "Your games",
  open: "Open games",
  invitations: "Invitations",
  newGame: "New game",
  quickStart: "Play against the computer",
  join: "Join by a code",
  joinCode: "Code or link",
  joinGo: "Look",
  empty: "You play in no game yet",
  emptyText: "Begin one against computer players, or make one and invite friends.",
  noOpen: "No game is open to everybody at the moment.",
  showMore: "Show more",
  turn: (turn: number) => `Turn ${turn}`,
  dueIn: (time: string) => `${time} left`,
  ordersMissing: "No orders yet",
  ordersGiven: (orders: number, refused: number) =>
    refused === 0 ? `${orders} orders given` : `${orders} orders given, ${refused} refused`,
  ready: "You are ready",
  seats: (taken: number, all: number) => `${taken} of ${all} seats`,
  computers: (count: number) => (count === 1 ? "1 computer player" : `${count} computer players`),
  status: {
    draft: "Being prepared",
    enrollment_open: "Open for players",
    ready_to_start: "Ready to start",
    starting: "Starting",
    start_failed: "The start failed",
    running: "Running",
    paused: "Paused",
    finished: "Finished",
    cancelled: "Cancelled"
  },
  owner: "yours",
  as: (race: string) => `as ${race}`,
  ended: "Past games"
}
