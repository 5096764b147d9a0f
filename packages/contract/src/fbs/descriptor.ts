/**
 * The form of the table descriptors that are generated from `fbs/`.
 *
 * A field's `slot` is its number in the table's vtable and never changes once published; fields are listed in slot
 * order.
 */

/**
 * Types that JSON holds as one value. `int` has 32 bits, `long` 64; `bytes` is a vector of bytes, in JSON base64; `json`
 * is a string that holds the text of an object, in JSON that object.
 */
export type Scalar = "bool" | "int" | "uint" | "long" | "ulong" | "double" | "string" | "bytes" | "json"

/** A scalar, a vector of scalars or tables, or a table by its full name. */
export type FieldType = Scalar | { readonly vector: Scalar | { readonly table: string } } | { readonly table: string }

/** One field. `optional` and `default` concern scalars, `required` everything else. */
export interface TableField {
  readonly name: string
  readonly slot: number
  readonly type: FieldType
  /** A scalar whose absence means something (`= null` in the schema): it has no default. */
  readonly optional?: true
  /** A string, vector or table that must be present; without it a buffer is malformed. */
  readonly required?: true
  /** The value of an absent scalar; zero or false where this is left out. */
  readonly default?: number | boolean
}

/** One FlatBuffers table. */
export interface Table {
  readonly fields: ReadonlyArray<TableField>
}

/** Every table of the contract by its full name. */
export type Tables = Readonly<Record<string, Table>>
