import { engineHost } from "@galaxy/testkit/contract/engineHost"
import { contract } from "@galaxy/testkit/contract/vitest"
import { image, layer } from "./processes.ts"

// All cases run every night: each starts engines, which takes its time.
const quick = /stopped engine|unknown image/
contract(
  "EngineHost contract: the guide's engines",
  engineHost(layer, image).filter(({ name }) => quick.test(name))
)
