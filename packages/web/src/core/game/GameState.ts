/**
 * Which turn of a game is on the screen, and whether a newer one waits.
 *
 * The screen never changes by itself: a newer turn is told of once and shown when the player wants it. A player
 * who is alone against the computer wants it as soon as they call their orders done.
 */

/** Turns of one game. `viewedTurn` is at most `currentTurn`; a turn above it is `pendingTurn`. */
export interface GameState {
  /** The turn whose report is on the screen. */
  readonly viewedTurn: number
  /** The turn that the player works on: its orders are written now. */
  readonly currentTurn: number
  /** The newest turn that there is, where it is above `currentTurn`. It never falls. */
  readonly pendingTurn: number | undefined
  /** The newest turn that the player has seen on this device; undefined before the first. */
  readonly lastViewedTurn: number | undefined
}

export type GameStep =
  /** The server says which turn is the newest: at the opening, after a gap, at the event of a new turn. */
  | { readonly _tag: "newest"; readonly turn: number }
  /** The player looks at a turn; one above the current turn counts as that. */
  | { readonly _tag: "view"; readonly turn: number }
  /** The player wants the newest turn. */
  | { readonly _tag: "advance" }

/**
 * What opening a game shows: the turn that was seen last, with the newer one waiting, or the newest turn at the first
 * visit. After a newer turn was seen elsewhere, that is what `lastViewedTurn` doesn't know, so it waits too.
 */
export const open = (newest: number, lastViewedTurn: number | undefined): GameState => {
  const current = Math.min(newest, lastViewedTurn ?? newest)
  return {
    viewedTurn: current,
    currentTurn: current,
    pendingTurn: newest > current ? newest : undefined,
    lastViewedTurn: current
  }
}

/** The state after a step. A step that says nothing new returns the same object. */
export const step = (before: GameState, event: GameStep): GameState => {
  switch (event._tag) {
    case "newest":
      return event.turn > (before.pendingTurn ?? before.currentTurn) ? { ...before, pendingTurn: event.turn } : before
    case "view": {
      const viewedTurn = Math.max(0, Math.min(event.turn, before.currentTurn))
      return viewedTurn === before.viewedTurn ? before : { ...before, viewedTurn }
    }
    case "advance": {
      const turn = before.pendingTurn
      return turn === undefined
        ? before
        : { viewedTurn: turn, currentTurn: turn, pendingTurn: undefined, lastViewedTurn: turn }
    }
  }
}

/** The turn that an address asks for, by what it says there: the current one where that is none. */
export const askedTurn = (said: string | null, { currentTurn }: GameState): number =>
  said !== null && /^\d+$/.test(said) ? Number(said) : currentTurn

/** Whether the player is to be told of a waiting turn: once for each time that it rises. */
export const tells = (before: GameState | undefined, after: GameState): boolean =>
  after.pendingTurn !== undefined && after.pendingTurn !== before?.pendingTurn
