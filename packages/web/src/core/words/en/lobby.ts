/** A game before it is played, a new one, and how to join one. */
export const lobby = {
  race: {
    label: "Your race",
    suggest: "Another name",
    asking: "Looking whether it is free…",
    free: "Free",
    taken: "Somebody has this name, or one that looks like it",
    refused: "This can't be the name of a race",
    unknown: "Names are checked when you take the seat",
    problems: {
      empty: "Give your race a name",
      long: "At most 20 characters",
      characters: "Only Latin and Cyrillic letters, digits, hyphens and underscores",
      ends: "It must begin and end with a letter or a digit",
      letter: "It needs a letter"
    }
  },
  schedule: {
    label: "When turns are made",
    kinds: {
      ready: "Only when all are ready",
      daily: "Every day",
      days: "On some days of the week",
      monthly: "Once a month",
      hours: "Every few hours",
      minutes: "Every few minutes",
      cron: "By a cron expression"
    },
    at: "At",
    day: "On day",
    days: "On these days",
    every: "Every",
    hours: (count: number) => (count === 1 ? "hour" : `${count} hours`),
    minutes: (count: number) => (count === 1 ? "minute" : `${count} minutes`),
    cron: "Five fields: minute, hour, day of the month, month, day of the week",
    zone: "Time zone",
    next: "The next turns would be",
    here: (zone: string) => `Your time (${zone})`,
    there: (zone: string) => `Game's time (${zone})`,
    readyText: "There is no deadline: a turn is made as soon as everybody says that their orders are done."
  },
  form: {
    newTitle: "New game",
    lead: "The game is private: only those whom you invite see it.",
    editTitle: "Settings of the game",
    name: "Name of the game",
    description: "About the game",
    descriptionHint: "What those whom you invite should know. May stay empty.",
    seats: "Seats",
    people: "For people, you included",
    computers: "For computer players",
    leastPeople: "People needed to start",
    total: (count: number) => (count === 1 ? "A galaxy for 1 race" : `A galaxy for ${count} races`),
    turns: "Turns",
    early: "Make a turn early, once all are ready",
    absence: "Somebody who gives no orders",
    absences: {
      none: "keeps the seat",
      computer: "is replaced by a computer player",
      removal: "leaves the game"
    },
    absenceAfter: "After so many turns without orders",
    absenceHint: "They are reminded one turn before.",
    create: "Make the game",
    save: "Save",
    fixed: "Seats and times can't be changed any more: the game has been started.",
    problems: {
      nameEmpty: "Give the game a name",
      nameLong: "At most 64 characters",
      nameWrong: "This name has characters that can't be shown",
      seats: "From 1 to 200 seats in all",
      least: "At least one, and no more than there are seats",
      computers: "From 0 to 199",
      days: "Choose at least one day",
      cron: "Five fields, separated by spaces",
      absenceAfter: "From 1 to 1,000 turns"
    },
    exists: "A game was made with this form before. Change something, or look at your games.",
    limit: "You own as many games as you may. One of them has to end first."
  },
  hall: {
    openMap: "To the map",
    startsNow: "The galaxy is being made. You are taken to it once it is there.",
    seats: "Players",
    you: "you",
    ownerMark: "owner",
    computer: "computer player",
    computersWaiting: (count: number) =>
      count === 1 ? "1 computer player joins at the start" : `${count} computer players join at the start`,
    freeSeats: (count: number) => (count === 1 ? "1 seat is free" : `${count} seats are free`),
    noSeats: "All seats are taken",
    needs: (count: number) =>
      count === 1 ? "1 more player is needed to start." : `${count} more players are needed to start.`,
    enough: "There are enough players to start.",
    nobody: "Nobody has a seat yet.",
    joinUntil: (time: string) => `One can join until ${time}.`,
    schedule: "Turns",
    absence: "Absence",
    absenceText: {
      none: "Nobody loses a seat by giving no orders.",
      computer: (turns: number) => `After ${turns} turns without orders a computer player takes the seat.`,
      removal: (turns: number) => `After ${turns} turns without orders a race leaves the game.`
    },
    about: "About the game",
    settings: "Settings",
    change: "Change",
    publicGame: "Open to everybody, run by the administrators",
    privateGame: "Private",
    begun: (time: string) => `Started ${time}`,
    ended: (time: string) => `Ended ${time}`,
    steps: {
      startAll: "Start the game",
      open_enrollment: "Open for players",
      ready_to_start: "Close the list of players",
      start: "Start",
      retry_start: "Try again",
      pause: "Pause",
      resume: "Go on",
      cancel: "Cancel the game…",
      leave: "Leave the game…"
    },
    says: {
      draft: "The game is being prepared. Invite players, and start it when all are there.",
      enrollment_open: "Players are gathering.",
      ready_to_start: "The list of players is closed. The game can start.",
      starting: "The game is starting.",
      start_failed: "The start failed. Nothing is lost, it can be tried again.",
      running: "The game is being played.",
      paused: "The game is paused: no turns are made until its owner lets it go on.",
      stopped: "The administrators have stopped the game. Its state is kept.",
      finished: "The game is over. Reports can be read for a year.",
      cancelled: "The game was cancelled."
    },
    waitsForOwner: "Its owner starts it.",
    reason: (text: string) => `The server says: ${text}`,
    removed: "You are no longer in this game.",
    blocked: "You were put out of this game and can't come back.",
    invites: "Invitations",
    invitesText: "A link seats one player. Send it to a friend; make another for the next.",
    newLink: "Make a link",
    copy: "Copy",
    copied: "Copied",
    copyFailed: "It couldn't be copied. Select it and copy it by hand.",
    revoke: "Take back",
    until: (time: string) => `works until ${time}`,
    noInvites: "No invitation is open.",
    link: "Link",
    code: "Code",
    person: "Invite somebody you know",
    personText: "People from your last games.",
    nobodyKnown: "You have played with nobody yet. Send a link instead.",
    invitePerson: "Invite",
    invited: "✓ Invited",
    invitedPerson: (name: string) => `${name} is invited`,
    somebody: "A player",
    knownFrom: (game: string) => `from ${game}`,
    decline: "Decline",
    apply: "Apply for a seat",
    application: {
      pending: (race: string) => `You have applied as ${race}. You will be told what comes of it.`,
      approved: "Your application was accepted.",
      rejected: "Your application was turned down."
    },
    member: "More about this player",
    remove: "Remove…",
    block: "Block…",
    confirm: {
      cancel: {
        title: "Cancel this game?",
        text: "It ends for everybody, and can't be brought back.",
        go: "Cancel the game"
      },
      leave: {
        title: "Leave this game?",
        text: "Your seat and the name of your race become free.",
        textPlayed: "Your race leaves the galaxy. You can't come back by yourself.",
        go: "Leave"
      },
      remove: {
        title: (name: string) => `Remove ${name}?`,
        text: "The seat becomes free. The player may be invited again.",
        go: "Remove"
      },
      block: {
        title: (name: string) => `Block ${name}?`,
        text: "The player loses the seat and can't join this game again.",
        go: "Block"
      },
      revoke: {
        title: "Take this invitation back?",
        text: "Its link stops working.",
        go: "Take back"
      },
      keep: "No, keep it"
    }
  },
  joinPage: {
    title: "Invitation",
    lead: (name: string) => `${name} invites you to`,
    seats: (taken: number, all: number) => `${taken} of ${all} seats are taken`,
    full: "All seats are taken. Ask whoever sent you the link.",
    gone: "This invitation doesn't work",
    goneText: "It was used, taken back or is too old, or the link is cut short. Ask for a new one.",
    until: (time: string) => `The invitation works until ${time}.`,
    join: "Join",
    notNow: "Not now"
  },
  quick: {
    title: "Play against the computer",
    lead: "Each turn is made as soon as you say that you are ready. There is no hurry.",
    race: "Your race",
    computers: "Computer players",
    computersHint: "The more there are, the larger the galaxy.",
    start: "Start",
    again: "Go on",
    gameName: (race: string) => `${race} against the computer`,
    steps: {
      create: "Making the game",
      open: "Opening it",
      ready: "Seating the computer players",
      start: "Starting it",
      build: "Making the galaxy"
    },
    goesOn: "Nothing is made twice: it goes on from where it stands.",
    slow: "It takes longer than usual. The game is on your list, and starts by itself.",
    toGame: "To the game"
  },
  code: {
    text: "Somebody has sent you a code or a link? Put it in here.",
    label: "Code or link",
    go: "Look",
    wrong: "This is neither a code nor a link to a game."
  }
}
