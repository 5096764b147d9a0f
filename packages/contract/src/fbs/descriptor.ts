/**
 * What the table descriptors generated from `fbs/` say about a FlatBuffers table.
 *
 * A field's `slot` is its number in the table's vtable and never changes once
 * published; fields are listed in slot order.
 */
export type Scalar = "bool" | "int" | "uint" | "long" | "ulong" | "double" | "string" | "bytes"

export type FieldType = Scalar | { readonly vector: Scalar | { readonly table: string } } | { readonly table: string }

export interface TableField {
  readonly name: string
  readonly slot: number
  readonly type: FieldType
  /** A scalar whose absence is a value of its own (`= null` in the schema). */
  readonly optional?: true
  /** A string, vector or table that a reader may count on. */
  readonly required?: true
  /** What an absent scalar means; zero or false where nothing is written here. */
  readonly default?: number | boolean
}

export interface Table {
  readonly fields: ReadonlyArray<TableField>
}

/** Every table of the contract by its full name. */
export type Tables = Readonly<Record<string, Table>>
