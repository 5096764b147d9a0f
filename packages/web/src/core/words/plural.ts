/** The form of a word that goes with a number. */

/** Forms by their plural category; `many` also stands for those that a language has besides. */
export interface Forms {
  readonly one: string
  readonly few?: string
  readonly many: string
}

/** A function from a number to the form of the word, without the number. */
export const plural = (language: string, forms: Forms): ((count: number) => string) => {
  const rules = new Intl.PluralRules(language)
  return (count) => {
    const category = rules.select(count)
    return category === "one" ? forms.one : category === "few" ? (forms.few ?? forms.many) : forms.many
  }
}
