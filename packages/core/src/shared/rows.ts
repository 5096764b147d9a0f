/** From rows to contract values: a column that is NULL is a field that is absent. */

type NullKeys<T> = { [K in keyof T]: null extends T[K] ? K : never }[keyof T]

export type Present<T> = { readonly [K in Exclude<keyof T, NullKeys<T>>]: T[K] } & {
  readonly [K in NullKeys<T>]?: Exclude<T[K], null>
}

export const withoutNulls = <T extends object>(row: T): Present<T> =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Present<T>
