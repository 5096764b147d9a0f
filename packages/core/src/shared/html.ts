/** Text inside HTML, for mails and for the pages that people read. */

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;"
}

/** Text as it may stand in an element or in a quoted attribute. Control characters, which HTML can't hold, are dropped. */
export const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[^\P{Cc}\t\n]/gu, "")
    .replaceAll(/[&<>"']/g, (it) => entities[it] ?? it)
