/** What key presses are to the page: whether they are meant for a field, and which layout they come from. */
import { layoutOf, type Press } from "../core/map/keys.ts"

/** Boxes that take the space bar and arrows alone; a box that was just ticked must not swallow the keys of the page. */
const withoutLetters = /^(checkbox|radio)$/

/** Whether what has the focus takes letters itself. */
export const inField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    (target instanceof HTMLInputElement
      ? !withoutLetters.test(target.type)
      : /^(SELECT|TEXTAREA)$/.test(target.tagName)))

let layout: "latin" | "other" = "latin"

/** The layout of the keyboard, as the presses so far tell. */
export const layoutAt = (press: Press): "latin" | "other" => (layout = layoutOf(press) ?? layout)

/** Whether a press asks for the list of keys. */
export const isHelp = (press: Press): boolean =>
  !press.ctrlKey &&
  !press.metaKey &&
  !press.altKey &&
  (press.key === "?" || (press.shiftKey && press.code === "Slash" && layoutAt(press) === "other"))
