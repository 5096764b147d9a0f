/** What the player was told. */
export const notices = {
  clock: {
    fast: (by: string) => `This device's clock is ${by} fast`,
    slow: (by: string) => `This device's clock is ${by} slow`,
    text: "Times and countdowns here use the server's clock."
  },
  title: "Notices",
  empty: "Nothing has happened yet",
  emptyText: "New turns, invitations and everything else that concerns you will stand here.",
  unread: "new",
  unreadCount: (count: number) => (count === 1 ? "1 new notice" : `${count} new notices`),
  open: "Open",
  aGame: "a game",
  unknown: (kind: string) => `Something of the kind ${kind}`,
  today: "Today",
  yesterday: "Yesterday",
  settings: "What to show at once",
  settingsText: "These appear at the top of the page while you look at something else. On this device only.",
  say: {
    "game.finished": (game: string, turn: number) => `${game} is over, after turn ${turn}.`,
    "game.generation.failed": (game: string, turn: number) =>
      `Turn ${turn} of ${game} couldn't be made. It will be tried again.`,
    "game.seat.taken_over": (game: string, race: string) =>
      `A computer player leads ${race} in ${game} now: you gave no orders for too long.`,
    "game.started": (game: string) => `${game} has started.`,
    "game.turn.delayed": (game: string) => `The next turn of ${game} comes later than planned.`,
    "game.turn.missed": (game: string, turns: number) =>
      turns === 1
        ? `You gave no orders in ${game} last turn.`
        : `You have given no orders in ${game} for ${turns} turns.`,
    "game.turn.ready": (game: string, turn: number) => `Turn ${turn} of ${game} is ready.`,
    "lobby.application.approved": (game: string) => `You have a seat in ${game}.`,
    "lobby.application.rejected": (game: string) => `Your application for ${game} was turned down.`,
    "lobby.game.cancelled": (game: string) => `${game} was cancelled.`,
    "lobby.game.paused": (game: string) => `${game} is paused.`,
    "lobby.game.resumed": (game: string) => `${game} goes on.`,
    "lobby.invite.received": (game: string) => `You are invited to ${game}.`,
    "lobby.invite.revoked": (game: string) => `The invitation to ${game} was taken back.`,
    "lobby.membership.blocked": (game: string) => `You were put out of ${game} and can't come back.`,
    "lobby.membership.removed": (game: string, reason: string) =>
      reason === "left"
        ? `You have left ${game}.`
        : reason === "absent"
          ? `Your race left ${game}: you gave no orders for too long.`
          : `You no longer have a seat in ${game}.`,
    "lobby.race_name.expired": (race: string) => `The name ${race} wasn't registered in time and is free again.`,
    "lobby.race_name.pending": (race: string, game: string) =>
      `You have earned the name ${race} in ${game}. Register it in time.`,
    "lobby.race_name.registered": (race: string) => `The name ${race} is yours on the whole platform.`
  },
  kinds: {
    "game.finished": "A game is over",
    "game.generation.failed": "A turn couldn't be made",
    "game.seat.taken_over": "A computer player takes your seat",
    "game.started": "A game starts",
    "game.turn.delayed": "A turn comes later",
    "game.turn.missed": "You have missed a turn",
    "game.turn.ready": "A turn is ready",
    "lobby.application.approved": "An application is accepted",
    "lobby.application.rejected": "An application is turned down",
    "lobby.game.cancelled": "A game is cancelled",
    "lobby.game.paused": "A game is paused",
    "lobby.game.resumed": "A game goes on",
    "lobby.invite.received": "You are invited",
    "lobby.invite.revoked": "An invitation is taken back",
    "lobby.membership.blocked": "You are blocked from a game",
    "lobby.membership.removed": "You lose your seat",
    "lobby.race_name.expired": "A race name becomes free",
    "lobby.race_name.pending": "You have earned a race name",
    "lobby.race_name.registered": "A race name is registered"
  }
}
