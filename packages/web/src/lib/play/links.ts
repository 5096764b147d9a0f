/** Addresses inside a game. They keep the turn that is looked at, where it isn't the newest one. */
import type { Play } from "../play.svelte.ts"

/** The address of a page of the game, such as `report`, with what is added to the query. */
export const linkTo = (
  game: Play,
  page: string,
  query: Readonly<Record<string, string | number>> = {},
  hash = ""
): string => {
  const turns = game.turns()
  const past = turns !== undefined && turns.viewedTurn !== turns.currentTurn ? { turn: turns.viewedTurn } : {}
  const all = Object.entries({ ...past, ...query }).map(([key, value]) => [key, String(value)])
  const text = new URLSearchParams(all).toString()
  return `/games/${game.gameId}/${page}${text === "" ? "" : `?${text}`}${hash === "" ? "" : `#${hash}`}`
}
