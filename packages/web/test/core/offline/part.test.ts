import { answerPart, type Ports } from "@galaxy/web/core/offline/part"
import { expect, it } from "vitest"

const answer = async (ports: Partial<Ports>) => {
  const works: Array<Promise<void>> = []
  const response = await answerPart({
    find: async () => undefined,
    load: async () => new Response("new"),
    keep: async () => undefined,
    goesOn: (work) => works.push(work),
    ...ports
  })
  return { works, status: response.status, text: await response.text() }
}
const full = () => Promise.reject(new DOMException("the disk is full", "QuotaExceededError"))

it("answers with what is kept, and doesn't ask the network", async () => {
  expect(await answer({ find: async () => new Response("kept"), load: full })).toMatchObject({
    text: "kept",
    works: []
  })
})

it("keeps a part that is whole, and answers before that is done", async () => {
  let finish = () => {}
  const seen: Array<string> = []
  const keep: Ports["keep"] = async (response) => {
    await new Promise<void>((done) => {
      finish = done
    })
    seen.push(await response.text())
  }
  const { works, text } = await answer({ keep })
  expect([text, seen]).toEqual(["new", []])
  finish()
  await Promise.all(works)
  expect(seen).toEqual(["new"])
  expect((await answer({ load: async () => new Response("", { status: 404 }) })).works).toEqual([])
})

it("answers from the network on a full disk", async () => {
  const { works, text } = await answer({ find: full, keep: full })
  expect(text).toBe("new")
  await Promise.all(works)
})
