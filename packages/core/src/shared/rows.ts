/** From rows to contract values: a NULL column becomes an absent field. */

type NullKeys<T> = { [K in keyof T]: null extends T[K] ? K : never }[keyof T]

/** A row type whose nullable columns are optional fields that are never null. */
export type Present<T> = { readonly [K in Exclude<keyof T, NullKeys<T>>]: T[K] } & {
  readonly [K in NullKeys<T>]?: Exclude<T[K], null>
}

/** Copies the row without its NULL columns; values inside a column are left alone. */
export const withoutNulls = <T extends object>(row: T): Present<T> =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Present<T>

/** A field with the value; none where the value is NULL. */
export const present = <K extends string, V>(key: K, value: V | null) =>
  (value === null ? {} : { [key]: value }) as { readonly [P in K]?: V }
