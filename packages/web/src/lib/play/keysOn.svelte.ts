/** Whether keys without a modifier do something: people who speak to their machine may need them off (WCAG 2.1.4). */

const key = "galaxy:keys"

const remembered = (): boolean => {
  try {
    return localStorage.getItem(key) !== "off"
  } catch {
    return true
  }
}

let on = $state(remembered())

export const keysOn = (): boolean => on

export const setKeysOn = (next: boolean): void => {
  on = next
  try {
    localStorage.setItem(key, next ? "on" : "off")
  } catch {
    // It holds until the page is closed.
  }
}
