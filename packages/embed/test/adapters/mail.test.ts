import { mailTransport } from "@galaxy/testkit/contract/mailTransport"
import { contract } from "@galaxy/testkit/contract/vitest"
import * as Provider from "./provider.ts"

contract("MailTransport contract: the guide's provider with an HTTP API", mailTransport(Provider.layer))
