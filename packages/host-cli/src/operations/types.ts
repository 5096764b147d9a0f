/**
 * What a command says about the operation that it calls, checked against the contract's `AdminApi` by the compiler.
 *
 * Only types of the contract are used here: a command starts without loading a single schema. An operation without a
 * command, an invented one, a wrong route, a forgotten field and a column that no answer has are type errors.
 */
import type { AdminApi } from "@galaxy/contract/api/AdminApi"

type Groups = (typeof AdminApi)["groups"]
type Named = {
  [G in keyof Groups]: {
    [E in keyof Groups[G]["endpoints"] & string]: {
      readonly name: `${G}.${E}`
      readonly endpoint: Groups[G]["endpoints"][E]
    }
  }[keyof Groups[G]["endpoints"] & string]
}[keyof Groups]

/** Every operation of the admin surface, such as `adminGames.pause`. */
export type Operation = Named["name"]

type EndpointOf<O extends Operation> = Extract<Named, { readonly name: O }>["endpoint"]
type Part<E, K extends "~Params" | "~Query" | "~Payload" | "~Success"> = E extends { readonly [_ in K]: infer S }
  ? [S] extends [never]
    ? never
    : S extends { readonly schema: { readonly Encoded: infer A } }
      ? Exclude<A, null | undefined>
      : never
  : never
type KeysOf<A> = [A] extends [never] ? never : keyof A & string
type Unslashed<P extends string> = P extends `${infer Start}/` ? Start : P

/** Parameters of the path, as they are written there. */
export type ParamsOf<O extends Operation> = Part<EndpointOf<O>, "~Params">
/** Parameters of the query, as texts. */
export type QueryOf<O extends Operation> = Part<EndpointOf<O>, "~Query">
/** The body as JSON. */
export type PayloadOf<O extends Operation> = Part<EndpointOf<O>, "~Payload">
/** The answer as JSON. */
export type AnswerOf<O extends Operation> = Part<EndpointOf<O>, "~Success">
/** Method and path, such as `GET /api/v1/admin/games/:game_id`. */
export type RouteOf<O extends Operation> =
  EndpointOf<O> extends { readonly method: infer M extends string; readonly path: infer P extends string }
    ? `${M} ${Unslashed<P>}`
    : never

/** Reason and paging have flags of their own for all commands. */
type Shared = "reason" | "cursor" | "limit"
/** Everything that a caller must or may say. */
export type FieldOf<O extends Operation> = Exclude<
  KeysOf<ParamsOf<O>> | KeysOf<QueryOf<O>> | KeysOf<PayloadOf<O>>,
  Shared
>

/** Where the value of a field comes from. */
export type Field =
  | {
      readonly arg: string
      /** `game` and `user` may be given as `name:…`. */
      readonly kind: "game" | "user" | "text" | "int"
      readonly choices?: ReadonlyArray<string>
      readonly help: string
    }
  | {
      readonly flag: string
      readonly kind: "text" | "int" | "bool" | "time" | "user"
      readonly choices?: ReadonlyArray<string>
      readonly metavar?: string
      readonly help: string
      readonly required?: true
    }
  | { readonly fixed: string }
  /** A new password: asked for, read from standard input, or made. */
  | { readonly secret: "password" }
  /**
   * An e-mail address: asked for or read from standard input, since others can see arguments. With a flag, only if the
   * flag is given.
   */
  | { readonly secret: "address"; readonly flag?: string; readonly help?: string }

type ListKey<A> = { [K in KeysOf<A>]: A[K] extends ReadonlyArray<unknown> ? K : never }[KeysOf<A>]
type ItemOf<O extends Operation, K> = K extends keyof AnswerOf<O>
  ? AnswerOf<O>[K] extends ReadonlyArray<infer I>
    ? I
    : never
  : AnswerOf<O>
type Nested<A> = {
  [K in KeysOf<A>]-?: NonNullable<A[K]> extends ReadonlyArray<unknown>
    ? K
    : NonNullable<A[K]> extends Readonly<Record<string, unknown>>
      ? K | `${K}.${KeysOf<NonNullable<A[K]>>}`
      : K
}[KeysOf<A>]

/** `plain` may be repeated or harms nobody; `undoable` is noticed by players; `final` can't be undone. */
export type Tier = "read" | "plain" | "undoable" | "final"
type TierOf<O extends Operation> = RouteOf<O> extends `GET ${string}` ? "read" : Exclude<Tier, "read">
type ReasonOf<O extends Operation> =
  "reason" extends KeysOf<PayloadOf<O>>
    ? { readonly reason: PayloadOf<O> extends { readonly reason: string } ? "required" : "required" | "optional" }
    : { readonly reason?: never }
type View<O extends Operation> =
  | {
      /** The field of the answer that holds the rows. */
      readonly [K in ListKey<AnswerOf<O>>]: {
        readonly rows: K
        readonly columns: ReadonlyArray<Nested<ItemOf<O, K>>>
        /** More columns, with `--wide`. */
        readonly wide?: ReadonlyArray<Nested<ItemOf<O, K>>>
      }
    }[ListKey<AnswerOf<O>>]
  | { readonly rows?: never; readonly columns?: never; readonly wide?: never }

/** A command for an operation. */
export type CommandSpec<O extends Operation> = {
  /** The words of the command: noun and verb, or one word. */
  readonly path: readonly [string] | readonly [string, string]
  readonly route: RouteOf<O>
  readonly tier: TierOf<O>
  readonly summary: string
  /** More about it, for its help. */
  readonly detail?: string
  readonly fields: { readonly [F in FieldOf<O>]: Field }
  /** Arguments after the first, in their order; needed where there are several. */
  readonly example: string
  /** Slow: may be waited for with `--wait`. */
  readonly wait?: "engine" | "start" | "turn" | "stop"
} & ReasonOf<O> &
  View<O>

/** A command for any operation, as the code that runs all of them sees it. */
export interface AnySpec {
  readonly path: readonly [string] | readonly [string, string]
  readonly route: string
  readonly tier: Tier
  readonly summary: string
  readonly detail?: string
  readonly fields: Readonly<Record<string, Field>>
  readonly example: string
  readonly wait?: "engine" | "start" | "turn" | "stop"
  readonly reason?: "required" | "optional"
  readonly rows?: string
  readonly columns?: ReadonlyArray<string>
  readonly wide?: ReadonlyArray<string>
}

/** What a command line gave for each field. */
export type Given = Readonly<Record<string, unknown>>
