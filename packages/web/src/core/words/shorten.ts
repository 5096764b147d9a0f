/** Long lists of names in sentences. */
import { list } from "./numbers.ts"

const most = 5

/** The names, or the first five of them and a sign that there are more. */
export const someNames = (language: string, names: ReadonlyArray<string>): string =>
  names.length <= most ? list(language, names) : `${names.slice(0, most).join(", ")}, … (${names.length})`
