/**
 * Generated from fbs/ by `npm run codegen`: every table, its fields and their slots.
 */
import type { Table } from "../fbs/descriptor.ts"

export const tables = {} as const satisfies Record<string, Table>

export type TableName = keyof typeof tables
