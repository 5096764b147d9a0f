import * as Budgets from "@galaxy/edge/Budgets"
import { budgetsOf, gatewayLimits, rate, ratesByType, timesOf } from "@galaxy/host-node/config/gatewayLimits"
import { load, ConfigurationInvalid } from "@galaxy/host-node/config/load"
import * as settings from "@galaxy/host-node/config/settings"
import { assert, describe, it } from "vitest"

const valuesOf = (environment: Readonly<Record<string, string>>) => {
  const values = load(settings.gateway, environment, settings.knownNames)
  if (values instanceof ConfigurationInvalid) throw values
  return values
}

describe("what a gateway grants", () => {
  it("is what the gateway has by itself, as long as nothing is set", () => {
    assert.deepInclude(Budgets.defaults, budgetsOf(valuesOf({})))
  })

  it("is what is set", () => {
    const values = valuesOf({ GATEWAY_BUDGET_PUBLIC_IP: "5,0.25", GATEWAY_HEADERS_TIMEOUT: "3s" })
    assert.deepStrictEqual(budgetsOf(values).publicIp, { burst: 5, perSecond: 0.25 })
    assert.strictEqual(timesOf(values).headersMs, 3_000)
  })

  it("may be another for single message types, and names each that is wrong in a line of its own", () => {
    const name = "GATEWAY_BUDGET_MESSAGE_TYPES"
    const values = valuesOf({ [name]: '{"lobby.games.create":"5,0.1","gateway.subscribe":"3,1"}' })
    assert.deepStrictEqual(budgetsOf(values).messageTypes, {
      "lobby.games.create": { burst: 5, perSecond: 0.1 },
      "gateway.subscribe": { burst: 3, perSecond: 1 }
    })
    const wrong = load(
      settings.gateway,
      { [name]: '{"lobby.games.craete":"5,0.1","user.account.get":"5","lobby.my.games":5,"lobby.games.get":"5,1"}' },
      settings.knownNames
    )
    assert.deepStrictEqual(
      wrong instanceof ConfigurationInvalid ? wrong.problems.map((it) => it.replace(/ \(it is .*/, "")) : [],
      [
        `${name}: there is no message type "lobby.games.craete"`,
        `${name}: the rate of user.account.get must be the largest burst and the requests a second, such as 400,100`,
        `${name}: the rate of lobby.my.games must be text such as "5,0.1"`
      ]
    )
    for (const text of ["", "5,1", "[]", "null", '"x"', "{"]) assert.property(ratesByType(text), "problem", text)
    assert.property(ratesByType('{"__proto__":"5,1"}'), "problem")
  })

  it("has a form that can't be mistaken", () => {
    for (const wrong of ["", "400", "0,1", "1,0", "-1,5", "1,5/s", "1;5", "1, 5", "1e9,1"]) {
      assert.property(rate(wrong), "problem", wrong)
    }
    assert.isAbove(Object.keys(gatewayLimits).length, 0)
  })
})
