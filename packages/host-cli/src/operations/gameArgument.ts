/** The argument by which commands name a game. */

/** An id, or `name:` and the name. */
export const game = { arg: "GAME", kind: "game", help: "the game's id, or name:NAME" } as const
