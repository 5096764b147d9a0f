/** Names for races: some of our own invention, and why a text can't be one. */

/** Longest name, in characters. */
export const maxLength = 20

/** None of these is a name of a book, a film or another game that we know of. */
const invented: ReadonlyArray<string> = [
  "Aldovar",
  "Ashkenti",
  "Belurian",
  "Brakkoth",
  "Cindarel",
  "Corvethi",
  "Dovanni",
  "Draskell",
  "Elomari",
  "Erithan",
  "Fendrakh",
  "Galvessi",
  "Gorimund",
  "Halvorin",
  "Hesperon",
  "Ilvaneth",
  "Ismari",
  "Jorvathi",
  "Kaldessa",
  "Kethrani",
  "Korundal",
  "Lumivar",
  "Lysandri",
  "Marvoth",
  "Mirenthal",
  "Nalvessa",
  "Norvakai",
  "Olbrecht",
  "Orissant",
  "Paldurin",
  "Pelmaris",
  "Quorvath",
  "Rendavi",
  "Rhovessa",
  "Salvenor",
  "Selkarim",
  "Tarveshi",
  "Thornuval",
  "Ulmarakh",
  "Urvessin",
  "Valdreni",
  "Vesskara",
  "Wolmarin",
  "Xanduril",
  "Yelvathi",
  "Yorendai",
  "Zarkonel",
  "Zelvaris"
]

/** Why a text can't be a race's name. The server decides; this says it sooner. */
export type NameProblem = "empty" | "long" | "characters" | "ends" | "letter"

const letter = "A-Za-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u017F\\u0400-\\u045F\\u0490\\u0491"
const characters = new RegExp(`^[${letter}0-9_-]*$`, "u")
const shape = new RegExp(`^[${letter}0-9]+(?:[_-][${letter}0-9]+)*$`, "u")
const someLetter = new RegExp(`[${letter}]`, "u")

/** The name as the server would store it: spaces become underscores. */
export const shownName = (typed: string): string =>
  typed
    .normalize("NFKC")
    .trim()
    .replace(/[\s,@_]+/gu, "_")

/** What is wrong with a typed name, if something is. */
export const nameProblem = (typed: string): NameProblem | undefined => {
  const name = shownName(typed)
  if (name === "") return "empty"
  if (Array.from(name).length > maxLength) return "long"
  if (!characters.test(name)) return "characters"
  if (!shape.test(name)) return "ends"
  return someLetter.test(name) ? undefined : "letter"
}

/**
 * A name that isn't among those given, at random by `random` (0 to 1, without 1). Once all are taken, a number is
 * added.
 */
export const suggestName = (random: () => number, taken: ReadonlyArray<string> = []): string => {
  const used = new Set(taken.map((name) => shownName(name).toLowerCase()))
  const free = invented.filter((name) => !used.has(name.toLowerCase()))
  const from = free.length > 0 ? free : invented
  const name = from[Math.min(from.length - 1, Math.floor(random() * from.length))] ?? "Aldovar"
  if (free.length > 0) return name
  for (let number = 2; ; number++) if (!used.has(`${name}-${number}`.toLowerCase())) return `${name}-${number}`
}
