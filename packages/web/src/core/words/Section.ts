/** What a translation must have: the same keys, with texts where there are texts and the same arguments for the rest. */
export type Section<T> = {
  readonly [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...args: infer Args) => string
      ? (...args: Args) => string
      : Section<T[K]>
}
