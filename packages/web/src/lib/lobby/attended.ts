/** Which games this tab is about right now: nobody needs a toast about what they are looking at. */
import { onDestroy } from "svelte"

const ofComponents = new Set<() => string | undefined>()

/** For a component that is about a game on a page that isn't that game's; undefined as long as there is none. */
export const attend = (gameId: () => string | undefined): void => {
  ofComponents.add(gameId)
  onDestroy(() => ofComponents.delete(gameId))
}

/** Whether the game's own pages are open, or something else that is about it. */
export const isAttended = (gameId: string, pathname: string): boolean =>
  pathname === `/games/${gameId}` ||
  pathname.startsWith(`/games/${gameId}/`) ||
  Array.from(ofComponents).some((it) => it() === gameId)
