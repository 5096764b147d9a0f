/** Every REST schema of a routed message against its FlatBuffers table: neither side forgets a field. */
import { UserApi } from "@galaxy/contract/api/UserApi"
import { OrdersAnswer, OrderVerdict } from "@galaxy/contract/engine/Order"
import { CommandRequest, OrderRequest } from "@galaxy/contract/engine/EngineApi"
import { OwnPlanet, Report } from "@galaxy/contract/engine/Report"
import { decode, encode, type JsonObject } from "@galaxy/contract/fbs/codec"
import type { FieldType, Tables } from "@galaxy/contract/fbs/descriptor"
import { tables as generated } from "@galaxy/contract/gen/fbs-tables"
import { errorTable, type MessageRoute, messageRoutes } from "@galaxy/contract/routes/MessageRoutes"
import * as ApiError from "@galaxy/contract/api/ApiError"
import { Arbitrary, Effect, Schema, SchemaAST } from "effect"
import { HttpApi, type HttpApiEndpoint } from "effect/http-api"
import { assert, describe, it } from "vitest"

const tables: Tables = generated

type Codec = Schema.Codec<unknown, unknown>

// ------------------------------------------------------------------------------------------------ comparison

/** An answer without a body. */
const isNothing = (ast: SchemaAST.AST): boolean =>
  SchemaAST.isVoid(ast) || SchemaAST.isNull(ast) || SchemaAST.isUndefined(ast)

/** What of a JSON schema and a table doesn't agree. `texts`: numbers are written as text, as in a path or a query. */
const differences = (ast: SchemaAST.AST, name: string, texts = false): ReadonlyArray<string> => {
  if (isNothing(ast) && name === "galaxy.common.Empty") return []
  if (!SchemaAST.isObjects(ast)) return [`${name} is no object in the schema`]
  const table = tables[name]
  if (table === undefined) return [`${name} is no table`]
  const properties = new Map(ast.propertySignatures.map((it) => [String(it.name), it.type]))
  const missing = [...properties.keys()].filter((key) => table.fields.every((field) => field.name !== key))
  return [
    ...missing.map((key) => `${name}.${key} is only in the schema`),
    ...table.fields.flatMap((field) => {
      const where = `${name}.${field.name}`
      const property = properties.get(field.name)
      if (property === undefined) return [`${where} is only in the table`]
      const isScalar = typeof field.type === "string" && field.type !== "string" && field.type !== "bytes"
      const mayMiss = isScalar ? field.optional === true : field.required !== true
      return [
        ...(mayMiss === SchemaAST.isOptional(property) ? [] : [`${where} is required on one side alone`]),
        ...typeDifferences(property, field.type, where, texts)
      ]
    })
  ]
}

const isText = (ast: SchemaAST.AST): boolean =>
  SchemaAST.isString(ast) ||
  (SchemaAST.isLiteral(ast) && typeof ast.literal === "string") ||
  (SchemaAST.isUnion(ast) && ast.types.every(isText))

/** Text, or null, which clears a value in JSON alone: an empty text does it in both forms. */
const isTextOrNull = (ast: SchemaAST.AST): boolean =>
  isText(ast) || (SchemaAST.isUnion(ast) && ast.types.every((it) => SchemaAST.isNull(it) || isText(it)))

const typeDifferences = (ast: SchemaAST.AST, type: FieldType, where: string, texts: boolean): ReadonlyArray<string> => {
  if (typeof type === "string") {
    const fits =
      type === "string"
        ? isTextOrNull(ast)
        : type === "bool"
          ? SchemaAST.isBoolean(ast) || (texts && isText(ast))
          : type === "json"
            ? SchemaAST.isObjects(ast)
            : type !== "bytes" && (SchemaAST.isNumber(ast) || (texts && SchemaAST.isString(ast)))
    return fits ? [] : [`${where} is ${ast._tag} and ${type}`]
  }
  if ("table" in type) return differences(ast, type.table)
  const [element] = SchemaAST.isArrays(ast) ? ast.rest : []
  if (element === undefined) return [`${where} is no list in the schema`]
  return typeof type.vector === "string"
    ? typeDifferences(element, type.vector, where, texts)
    : differences(element, type.vector.table)
}

const encodedAst = (schema: Schema.Top): SchemaAST.AST => Schema.toEncoded(schema).ast

// --------------------------------------------------------------------------------------- the API, by its routes

const endpoints = new Map<string, HttpApiEndpoint.Top>()
HttpApi.reflect(UserApi, {
  onGroup: () => undefined,
  onEndpoint: ({ endpoint }) => {
    endpoints.set(`${endpoint.method} ${endpoint.path.replace(/:([a-z_]+)/g, "{$1}")}`, endpoint)
  }
})

const routes: ReadonlyArray<[string, MessageRoute]> = Object.entries(messageRoutes)

const endpointOf = (route: MessageRoute): HttpApiEndpoint.Top => {
  const found = endpoints.get(`${route.method} ${route.path}`)
  if (found === undefined) throw new Error(`the user surface has no ${route.method} ${route.path}`)
  return found
}

/** In-game answers pass through the backend unread: their shape is the engine's. */
const engineAnswers: Readonly<Record<string, Schema.Top>> = {
  "galaxy.game.Report": Report,
  "galaxy.games.OrdersAnswer": OrdersAnswer
}

const answerOf = (route: MessageRoute): Codec => {
  const [own] = endpointOf(route).success
  return (engineAnswers[route.response] ?? own) as Codec
}

const payloadsOf = (endpoint: HttpApiEndpoint.Top): ReadonlyArray<Schema.Top> =>
  [...endpoint.payload.values()].flatMap((it) => ("schemas" in it ? it.schemas : []))

// -------------------------------------------------------------------------------------------------- round trip

const samples = (schema: Codec): ReadonlyArray<unknown> =>
  Effect.runSync(Arbitrary.sampleEffect(Arbitrary.schema(schema), { count: 60, seed: "tables" }))

/** As it is in UTF-8: -0 is 0 there, and half a character is none. */
const asJson = (value: unknown): JsonObject =>
  JSON.parse(JSON.stringify(value), (_, it: unknown) => (typeof it === "string" ? it.toWellFormed() : it)) as JsonObject

const assertSurvives = (schema: Codec, table: string) => {
  const toJson = Schema.encodeSync(schema)
  const fromJson = Schema.decodeUnknownSync(schema)
  for (const value of samples(schema)) {
    const json = asJson(toJson(value))
    const read = decode(tables, table, encode(tables, table, json))
    assert.deepStrictEqual(read, json)
    assert.deepStrictEqual(asJson(toJson(fromJson(read))), json)
  }
}

// ------------------------------------------------------------------------------------------------------- tests

describe("a message", () => {
  it("has one endpoint of the user surface, and each endpoint has a message", () => {
    const routed = routes.map(([, route]) => `${route.method} ${route.path}`)
    assert.deepStrictEqual(routed.toSorted(), [...endpoints.keys()].toSorted())
  })

  describe.each(routes)("%s", (_, route) => {
    it("has the fields of its answer in its response table", () => {
      assert.deepStrictEqual(differences(encodedAst(answerOf(route)), route.response), [])
    })

    it("keeps any answer in its response table", () => {
      const schema = answerOf(route)
      assert.isDefined(schema)
      if (isNothing(encodedAst(schema))) return
      assertSurvives(schema, route.response)
    })

    it("has what its endpoint takes in its request table", () => {
      const endpoint = endpointOf(route)
      const fields = (tables[route.request]?.fields ?? []).map((it) => it.name)
      const parts = [endpoint.params, endpoint.query, ...payloadsOf(endpoint)].filter((it) => it !== undefined)
      const taken = parts.flatMap((part) => {
        const ast = encodedAst(part)
        return SchemaAST.isObjects(ast) ? ast.propertySignatures : []
      })
      // A path, a query and a body make one table.
      const together = new SchemaAST.Objects(taken, [])
      // The backend passes orders on unread; the engine's schema of them is compared below.
      const found = differences(together, route.request, true).filter((it) => !it.startsWith("galaxy.game.Order."))
      assert.deepStrictEqual(found, [])
      assert.sameMembers(
        fields,
        taken.map((it) => String(it.name))
      )
    })

    it("has its path's placeholders as required fields of its request table", () => {
      for (const [, name] of route.path.matchAll(/\{([a-z_]+)\}/g)) {
        const field = tables[route.request]?.fields.find((it) => it.name === name)
        assert.isTrue(field?.required ?? (field?.type === "int" && field.optional !== true), name)
      }
    })
  })

  it("with an error has what an error has", () => {
    const ast = encodedAst(ApiError.ErrorEnvelope)
    assert.isTrue(SchemaAST.isObjects(ast))
    const [error] = SchemaAST.isObjects(ast) ? ast.propertySignatures : []
    assert.deepStrictEqual(differences(error!.type, errorTable), [])
  })
})

describe("the engine's", () => {
  it.each<[string, Schema.Top, string, string]>([
    ["commands", CommandRequest, "commands", "galaxy.game.Order"],
    ["orders", OrderRequest, "orders", "galaxy.game.Order"]
  ])("%s are what a request carries", (_, schema, key, table) => {
    const ast = encodedAst(schema)
    const list = SchemaAST.isObjects(ast) ? ast.propertySignatures.find((it) => it.name === key)?.type : undefined
    const [element] = list !== undefined && SchemaAST.isArrays(list) ? list.rest : []
    assert.deepStrictEqual(differences(element!, table), [])
  })

  it.each<[string, Codec, string]>([
    ["report", Report, "galaxy.game.Report"],
    ["answer to orders", OrdersAnswer, "galaxy.games.OrdersAnswer"]
  ])("%s survives whole, and lacks nothing", (_, schema, table) => {
    assert.deepStrictEqual(differences(encodedAst(schema), table), [])
    assertSurvives(schema, table)
  })
})

describe("the comparison", () => {
  it("sees a field that either side lacks, another type and another need", () => {
    const { position: _, ...fields } = OrderVerdict.fields
    const less = encodedAst(Schema.Struct(fields))
    assert.deepStrictEqual(differences(less, "galaxy.game.OrderVerdict"), [
      "galaxy.game.OrderVerdict.position is only in the table"
    ])
    const more = encodedAst(Schema.Struct({ ...OwnPlanet.fields, owner: Schema.String, name: Schema.Finite }))
    assert.deepStrictEqual(differences(more, "galaxy.game.OwnPlanet"), [
      "galaxy.game.OwnPlanet.owner is only in the schema",
      "galaxy.game.OwnPlanet.name is Number and string"
    ])
    const optional = encodedAst(Schema.Struct({ ...OrderVerdict.fields, code: Schema.String }))
    assert.deepStrictEqual(differences(optional, "galaxy.game.OrderVerdict"), [
      "galaxy.game.OrderVerdict.code is required on one side alone"
    ])
  })
})
