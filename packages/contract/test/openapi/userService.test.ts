import { makeUserService } from "@galaxy/contract/openapi/OpenApiDocument"
import { UserServiceApi } from "@galaxy/contract/api/UserServiceApi"
import { assert, describe, it } from "vitest"

const document = makeUserService()
const text = JSON.stringify(document)

describe("the document of the user process", () => {
  it("has every operation, and each needs the token", () => {
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods))
    const endpoints = Object.values(UserServiceApi.groups).flatMap((group) => Object.keys(group.endpoints))
    assert.strictEqual(operations.length, endpoints.length)
    for (const it of operations) assert.deepStrictEqual(it.security, [{ gatewayToken: [] }], it.operationId)
  })

  it("has what it refers to, and no schema besides", () => {
    const { schemas, responses } = document.components
    const refs = new Set(
      [...text.matchAll(/"#\/components\/(\w+)\/([^"]+)"/g)].map(([, kind, name]) => `${kind}/${name}`)
    )
    assert.deepStrictEqual(
      [...refs].toSorted(),
      [
        ...Object.keys(responses).map((it) => `responses/${it}`),
        ...Object.keys(schemas).map((it) => `schemas/${it}`)
      ].toSorted()
    )
  })
})
