/** Writes the descriptor module: every table of `fbs/` as plain data, for a generic codec. */
import type { TableField, FieldType, Table } from "@galaxy/contract/fbs/descriptor"

const typeText = (type: FieldType): string => {
  if (typeof type === "string") return JSON.stringify(type)
  if ("vector" in type) return `{ vector: ${typeText(type.vector)} }`
  return `{ table: ${JSON.stringify(type.table)} }`
}

const fieldText = (field: TableField): string => {
  const parts = [`name: ${JSON.stringify(field.name)}`, `slot: ${field.slot}`, `type: ${typeText(field.type)}`]
  if (field.optional) parts.push("optional: true")
  if (field.required) parts.push("required: true")
  if (field.default !== undefined) parts.push(`default: ${field.default}`)
  return `      { ${parts.join(", ")} }`
}

const tableText = ([name, table]: readonly [string, Table]): string =>
  table.fields.length === 0
    ? `  ${JSON.stringify(name)}: { fields: [] }`
    : `  ${JSON.stringify(name)}: {\n    fields: [\n${table.fields.map(fieldText).join(",\n")}\n    ]\n  }`

export const renderTables = (tables: ReadonlyMap<string, Table>): string =>
  `/**
 * Generated from fbs/ by \`npm run codegen\`: every table, its fields and their slots.
 */
import type { Table } from "../fbs/descriptor.ts"

export const tables = {${tables.size === 0 ? "" : `\n${[...tables].map(tableText).join(",\n")}\n`}} as const satisfies Record<string, Table>

export type TableName = keyof typeof tables
`
