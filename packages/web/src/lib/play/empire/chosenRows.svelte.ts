/** Rows of a list that are chosen for one order. */
import { untrack } from "svelte"
import { SvelteSet } from "svelte/reactivity"

/** Ids of chosen rows. They are those of one report: with the next turn's, or an old one's, nothing is chosen. */
export const chosenRows = (turn: () => number | undefined): SvelteSet<string> => {
  const chosen = new SvelteSet<string>()
  $effect(() => {
    void turn()
    untrack(() => chosen.clear())
  })
  return chosen
}
