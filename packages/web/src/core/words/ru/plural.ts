/** The form of a Russian noun that goes with a number. */
const rules = new Intl.PluralRules("ru")

/** `1 ход`, `2 хода`, `5 ходов`: the form alone, without the number. */
export const plural = (count: number, one: string, few: string, many: string): string => {
  switch (rules.select(count)) {
    case "one":
      return one
    case "few":
      return few
    default:
      return many
  }
}
