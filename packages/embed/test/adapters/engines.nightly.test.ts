import { engineHost } from "@galaxy/testkit/contract/engineHost"
import { contract } from "@galaxy/testkit/contract/vitest"
import { image, layer } from "./processes.ts"

contract("EngineHost contract: the guide's engines, all cases", engineHost(layer, image))
