/** Values of a statement as node-postgres sends them, with the types that our own driver gives them. */
import { PgTypes } from "@effect/sql-pg"
import { Result } from "effect"

const { OID } = PgTypes

/** A value on its way: a text whose type the statement decides, bytes of the type `oid`, or nothing. */
export interface Encoded {
  readonly oid: number
  readonly value: string | Buffer | null
}

interface Typed {
  /** 0 leaves the type to the statement. */
  readonly oid: number
  readonly value: unknown
}

const int32 = 2_147_483_648

const ofNumber = (value: number): Typed => {
  if (Number.isInteger(value) && value >= -int32 && value < int32) return { oid: OID.int4, value }
  return Number.isSafeInteger(value) ? { oid: OID.int8, value: BigInt(value) } : { oid: OID.float8, value }
}

const ofSingle = (value: unknown): Typed => {
  if (PgTypes.isParameter(value)) return value
  switch (typeof value) {
    case "undefined":
      return { oid: 0, value: null }
    case "string":
      return { oid: 0, value }
    case "boolean":
      return { oid: OID.bool, value }
    case "bigint":
      return { oid: OID.int8, value }
    case "number":
      return ofNumber(value)
    default:
      if (value === null) return { oid: 0, value: null }
      if (value instanceof Date) return { oid: OID.timestamptz, value }
      if (value instanceof Uint8Array) return { oid: OID.bytea, value }
      throw new PgTypes.CodecError({ message: "a value of a statement has no type of PostgreSQL" })
  }
}

const ofList = (list: ReadonlyArray<unknown>): Typed => {
  if (list.length === 0) return { oid: 0, value: "{}" }
  const typed = list.map(ofSingle)
  const oids = new Set(typed.filter(({ value }) => value !== null).map(({ oid }) => (oid === 0 ? OID.text : oid)))
  const [element] = oids
  if (element === undefined || oids.size > 1)
    throw new PgTypes.CodecError({ message: "the values of a list must have one type" })
  const oid = PgTypes.arrayOidFor(element)
  if (oid === undefined) throw new PgTypes.CodecError({ message: "there are no lists of this type" })
  return { oid, value: typed.map(({ value }) => value) }
}

/** Throws a `CodecError` for a value of no known type. */
export const encode = (given: unknown): Encoded => {
  const { oid, value } = Array.isArray(given) ? ofList(given) : ofSingle(given)
  if (value === null || (oid === 0 && typeof value === "string")) return { oid, value }
  const { buffer, byteOffset, byteLength } = Result.getOrThrow(PgTypes.encode(value, oid))
  return { oid, value: Buffer.from(buffer, byteOffset, byteLength) }
}
