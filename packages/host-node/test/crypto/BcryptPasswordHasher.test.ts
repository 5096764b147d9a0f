import { assert, describe, it } from "@effect/vitest"
import { PasswordHasher } from "@galaxy/core/admin/PasswordHasher"
import * as BcryptPasswordHasher from "@galaxy/host-node/crypto/BcryptPasswordHasher"
import * as scryptHash from "@galaxy/host-node/crypto/scryptHash"
import { passwordHasher } from "@galaxy/testkit/contract/passwordHasher"
import { contract } from "@galaxy/testkit/contract/vitest"
import { Effect, Exit, Redacted } from "effect"

const password = Redacted.make("correct horse battery staple")

contract("PasswordHasher contract: bcrypt", passwordHasher(BcryptPasswordHasher.layer({ cost: 4 })))

describe("bcrypt", () => {
  it.effect("hashes at the cost that was asked for", () =>
    Effect.gen(function* () {
      const hasher = yield* PasswordHasher
      assert.match(yield* hasher.hash(password), /^\$2b\$04\$/)
    }).pipe(Effect.provide(BcryptPasswordHasher.layer({ cost: 4 })))
  )

  it.effect("a password that was hashed by scrypt, without a backend, is verified too", () =>
    Effect.gen(function* () {
      const hasher = yield* PasswordHasher
      const one = yield* scryptHash.hash(password)
      assert.match(one, /^\$scrypt\$ln=15,r=8,p=1\$/)
      assert.notStrictEqual(yield* scryptHash.hash(password), one)
      assert.isTrue(yield* hasher.verify(password, one))
      assert.isFalse(yield* hasher.verify(Redacted.make("wrong"), one))
      // Made by an earlier release.
      const known = "$scrypt$ln=4,r=8,p=1$AwMDAwMDAwMDAwMDAwMDAw$pvF2dT0n9yAWXDVM3JlX+veKS+CJOURfC682DCjfX/8"
      assert.isTrue(yield* hasher.verify(password, known))
      for (const damaged of [one.slice(0, -1), one.replace("ln=15", "ln=30"), one.replace("p=1", "p=99"), "$scrypt$"]) {
        assert.isFalse(yield* hasher.verify(password, damaged), damaged)
      }
    }).pipe(Effect.provide(BcryptPasswordHasher.layer({ cost: 4 })))
  )

  it.effect("bytes that bcrypt would drop are refused, not dropped", () =>
    Effect.gen(function* () {
      const hasher = yield* PasswordHasher
      assert.isTrue(Exit.isSuccess(yield* Effect.exit(hasher.hash(Redacted.make("a".repeat(72))))))
      assert.isTrue(Exit.isFailure(yield* Effect.exit(hasher.hash(Redacted.make("ä".repeat(37))))))
    }).pipe(Effect.provide(BcryptPasswordHasher.layer({ cost: 4 })))
  )
})
