/** A server that keeps one race's orders as the real one does: by turn, with revisions, refusing what came too late. */
import { CallFailed, type ClientError, Unavailable } from "@galaxy/client/ClientError"
import type { Order } from "@galaxy/contract/engine/Order"
import { sameOrders } from "@galaxy/web/core/game/draftLines"
import type { KeptDraft } from "@galaxy/web/core/game/ports"
import type { Player } from "@galaxy/web/core/session/Session"
import { Result } from "effect"

export class FakeOrders {
  turn: number
  revision = 0
  orders: ReadonlyArray<Order> = []
  /** Why it takes no orders. */
  closed: string | undefined
  /** How the next calls fail: `lost` ones are carried out and their answer is lost. */
  faults: Array<"down" | "lost"> = []
  /** The next calls are carried out at once, and their answers come after these. */
  gates: Array<Promise<void> | undefined> = []
  readonly log: Array<string> = []
  /** Order names that it refuses. */
  refuses: ReadonlySet<string> = new Set()
  kept: KeptDraft | undefined

  constructor(turn = 5) {
    this.turn = turn
  }

  /** Another device writes. */
  write(orders: ReadonlyArray<Order>): void {
    this.orders = orders
    this.revision++
  }

  nextTurn(): void {
    this.turn++
    this.orders = []
    this.revision++
  }

  private answer(turn: number, orders: ReadonlyArray<Order>) {
    const verdicts = orders.map(({ op }, position) =>
      this.refuses.has(op) ? { position, accepted: false, code: "in_space" } : { position, accepted: true }
    )
    return { race: "Lyrans", turn, orders, verdicts, ...(turn === this.turn ? { revision: this.revision } : {}) }
  }

  private take(type: string, request: Record<string, unknown>) {
    const fault = this.faults.shift()
    const fail = (error: ClientError) => Result.fail(error)
    const conflict = (reason: string) => fail(new CallFailed({ code: "conflict", reason, message: reason }))
    if (fault === "down") return fail(new Unavailable({ message: "down" }))
    const turn = Number(request["turn"])
    if (type === "user.games.order.get") {
      this.log.push(`get ${turn}`)
      return Result.succeed(this.answer(turn, turn === this.turn ? this.orders : []))
    }
    const orders = request["orders"] as ReadonlyArray<Order>
    if (this.closed !== undefined) return conflict(this.closed)
    if (turn !== this.turn) return conflict("turn_passed")
    const expected = Number(request["if_revision"] ?? 0)
    if (expected !== 0 && expected !== this.revision) return conflict("orders_changed")
    if (!sameOrders(orders, this.orders)) this.write(orders)
    this.log.push(`put ${orders.length}`)
    return fault === "lost" ? fail(new Unavailable({ message: "lost" })) : Result.succeed(this.answer(turn, orders))
  }

  readonly call = (async (type: string, request: Record<string, unknown>) => {
    const gate = this.gates.shift()
    const answer = this.take(type, request)
    await gate
    return answer
  }) as unknown as Player["call"]

  readonly keep = {
    load: async () => this.kept,
    save: async (_: string, draft: KeptDraft) => {
      this.kept = draft
    }
  }
}
