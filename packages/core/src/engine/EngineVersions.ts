/** The registry of engine versions: the only source of images for the engines of games. */
import type { EngineVersion as EngineVersionSchema } from "@galaxy/contract/api/admin/EngineVersions"
import { Context, DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { StorageError } from "../shared/StorageError.ts"
import { type CursorInvalid, newest, pageOf, type PageRequest } from "../shared/Page.ts"
import { compare, versionPattern } from "./versions.ts"

/** A registered version (`major.minor.patch`) with its image, and whether new games may start on it. */
export type EngineVersion = typeof EngineVersionSchema.Type

/** The named version isn't registered or is disabled. Without `version`: no enabled version is registered. */
export class NoEngineVersion extends Schema.TaggedError<NoEngineVersion>()("NoEngineVersion", {
  version: Schema.optionalKey(Schema.String)
}) {}

/** The version is registered already, with a different image. */
export class EngineVersionTaken extends Schema.TaggedError<EngineVersionTaken>()("EngineVersionTaken", {
  version: Schema.String
}) {}

/** Games run on the version, so its image can't be changed. */
export class EngineVersionInUse extends Schema.TaggedError<EngineVersionInUse>()("EngineVersionInUse", {
  version: Schema.String
}) {}

/** A page of the registry; without `next_cursor` the last one. */
export interface EngineVersionPage {
  readonly engine_versions: ReadonlyArray<EngineVersion>
  readonly next_cursor?: string
}

/** What of a version may be changed; what is absent stays. */
export interface EngineVersionChange {
  readonly imageRef?: string | undefined
  readonly enabled?: boolean | undefined
}

/** Registers, changes and picks engine versions, which can't be removed. */
export class EngineVersions extends Context.Service<
  EngineVersions,
  {
    /** All versions, disabled ones too, the newest first. */
    readonly list: Effect.Effect<ReadonlyArray<EngineVersion>, StorageError>
    /** One page of them. */
    page(request: PageRequest): Effect.Effect<EngineVersionPage, CursorInvalid | StorageError>
    /**
     * Registers a version, enabled. Idempotent; a version registered with a different image fails with
     * `EngineVersionTaken`.
     */
    register(version: string, imageRef: string): Effect.Effect<EngineVersion, EngineVersionTaken | StorageError>
    /**
     * Keeps new games from starting on the version; games that run on it go on. Fails with `NoEngineVersion` for one
     * that isn't registered.
     */
    disable(version: string): Effect.Effect<EngineVersion, NoEngineVersion | StorageError>
    /**
     * Changes a version. `inUse` says whether games run on it: then another image is refused with `EngineVersionInUse`.
     * Fails with `NoEngineVersion` for one that isn't registered.
     */
    change(
      version: string,
      change: EngineVersionChange,
      inUse: Effect.Effect<boolean, StorageError>
    ): Effect.Effect<EngineVersion, NoEngineVersion | EngineVersionInUse | StorageError>
    /** The named version, or the newest one; enabled versions only. */
    pick(version: string | undefined): Effect.Effect<EngineVersion, NoEngineVersion | StorageError>
  }
>()("@galaxy/core/engine/EngineVersions") {}

const Row = Schema.Struct({
  version: Schema.String,
  image_ref: Schema.String,
  enabled: Schema.Boolean,
  created_at: Schema.DateTimeUtcFromDate
})

/** `EngineVersions` over PostgreSQL. */
export const layer: Layer.Layer<EngineVersions, never, SqlClient.SqlClient> = Layer.effect(
  EngineVersions,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const columns = sql.literal("version, image_ref, enabled, created_at")
    const decode = Schema.decodeUnknownEffect(Schema.Array(Row))
    const query = <E, R>(statement: Effect.Effect<ReadonlyArray<unknown>, E, R>) =>
      StorageError.refail(Effect.flatMap(statement, decode))

    const list = query(sql`SELECT ${columns} FROM backend.engine_versions`).pipe(
      Effect.map((rows) => rows.toSorted((a, b) => compare(b.version, a.version))),
      Effect.withSpan("EngineVersions.list")
    )

    // Versions such as 1.0.0 and 01.0.0 are the same by number.
    const order = sql.literal("string_to_array(version, '.')::numeric[], version")

    const page = Effect.fn("EngineVersions.page")(function* (request: PageRequest) {
      const { rows, next } = yield* pageOf(
        request,
        (position, limit) => {
          const after = position === newest ? null : position.id
          return query(sql`
            SELECT ${columns} FROM backend.engine_versions
            WHERE ${after}::text IS NULL
              OR (${order}) < (string_to_array(${after}::text, '.')::numeric[], ${after}::text)
            ORDER BY string_to_array(version, '.')::numeric[] DESC, version DESC LIMIT ${limit}`)
        },
        (it) => it.version,
        versionPattern
      )
      return { engine_versions: rows, ...next }
    })

    const register = Effect.fn("EngineVersions.register")(function* (version: string, imageRef: string) {
      const now = yield* DateTime.nowAsDate
      const [row] = yield* query(sql`
        INSERT INTO backend.engine_versions AS v (version, image_ref, created_at, updated_at)
        VALUES (${version}, ${imageRef}, ${now}, ${now})
        ON CONFLICT (version) DO UPDATE SET image_ref = v.image_ref
        RETURNING ${columns}`)
      if (row?.image_ref !== imageRef) return yield* new EngineVersionTaken({ version })
      return row
    })

    const disable = Effect.fn("EngineVersions.disable")(function* (version: string) {
      const now = yield* DateTime.nowAsDate
      const [row] = yield* query(sql`
        UPDATE backend.engine_versions SET enabled = false, updated_at = ${now}
        WHERE version = ${version} RETURNING ${columns}`)
      return row === undefined ? yield* new NoEngineVersion({ version }) : row
    })

    const change = Effect.fn("EngineVersions.change")(function* (
      version: string,
      { imageRef, enabled }: EngineVersionChange,
      inUse: Effect.Effect<boolean, StorageError>
    ) {
      const [row] = yield* query(sql`
        SELECT ${columns} FROM backend.engine_versions WHERE version = ${version} FOR UPDATE`)
      if (row === undefined) return yield* new NoEngineVersion({ version })
      const image = imageRef ?? row.image_ref
      if (image !== row.image_ref && (yield* inUse)) return yield* new EngineVersionInUse({ version })
      const now = yield* DateTime.nowAsDate
      const [changed = row] = yield* query(sql`
        UPDATE backend.engine_versions SET image_ref = ${image}, enabled = ${enabled ?? row.enabled}, updated_at = ${now}
        WHERE version = ${version} RETURNING ${columns}`)
      return changed
    })

    const pick = Effect.fn("EngineVersions.pick")(function* (version: string | undefined) {
      const enabled = (yield* list).filter((it) => it.enabled)
      const found = version === undefined ? enabled[0] : enabled.find((it) => it.version === version)
      return found === undefined ? yield* new NoEngineVersion(version === undefined ? {} : { version }) : found
    })

    return EngineVersions.of({ list, page, register, disable, change, pick })
  })
)
