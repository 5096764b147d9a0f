/** A short text that this browser keeps for the page; one that keeps nothing forgets it with the page. */
import type { TextPlace } from "../core/notices/toastKinds.ts"

/** One entry of the browser's storage. */
export const textPlace = (key: string): TextPlace => {
  let kept: string | undefined
  return {
    read: () => {
      try {
        return localStorage.getItem(key) ?? kept
      } catch {
        return kept
      }
    },
    write: (text) => {
      kept = text
      try {
        localStorage.setItem(key, text)
      } catch {
        // A full disk, or a browser that keeps nothing.
      }
    }
  }
}
