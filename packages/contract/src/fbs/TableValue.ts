/** The TypeScript type of a table's decoded value, computed from its descriptor. Types only. */
import type { tables as allTables, TableName } from "../gen/fbs-tables.ts"
import type { JsonObject } from "./codec.ts"
import type { Scalar } from "./descriptor.ts"

interface ScalarValues {
  bool: boolean
  int: number
  uint: number
  long: number
  ulong: number
  double: number
  string: string
  bytes: string
  json: JsonObject
}

type One<Type> = Type extends Scalar
  ? ScalarValues[Type]
  : Type extends { readonly table: infer Name extends TableName }
    ? TableValue<Name>
    : never

type FieldValue<Type> = Type extends { readonly vector: infer Element } ? ReadonlyArray<One<Element>> : One<Type>

/** Scalars have a default, unless the schema says `= null`; everything else is there if it is required. */
type IsPresent<Field> = Field extends { readonly required: true }
  ? true
  : Field extends { readonly optional: true }
    ? false
    : Field extends { readonly type: Exclude<Scalar, "string" | "bytes" | "json"> }
      ? true
      : false

type FieldOf<Name extends TableName> = (typeof allTables)[Name]["fields"][number]

/** What `decode` makes of a table. A field that may be absent is an optional key. */
export type TableValue<Name extends TableName> = {
  readonly [Field in FieldOf<Name> as IsPresent<Field> extends true ? Field["name"] : never]: FieldValue<Field["type"]>
} & {
  readonly [Field in FieldOf<Name> as IsPresent<Field> extends true ? never : Field["name"]]?: FieldValue<Field["type"]>
} extends infer Value
  ? { readonly [Key in keyof Value]: Value[Key] }
  : never
