/** A running platform: carries out what tests ask for, as soon as faults that are being undone are over. */
import type { OutgoingMail } from "@galaxy/core/mail/MailTransport"
import { Effect } from "effect"
import { fault, type Fault, type Faults } from "../Fault.ts"
import { Galaxy } from "../Galaxy.ts"
import { signIn } from "../players.ts"
import type { TestGalaxy } from "../TestGalaxy.ts"
import { NotPossible } from "../TestkitError.ts"
import * as TestPlayer from "../TestPlayer.ts"
import { type AdminCall, adminCalls, type Game } from "./adminCalls.ts"
import * as games from "./games.ts"
import { millisOf, type Span } from "./millis.ts"
import * as parts from "./parts.ts"
import { patienceMs } from "./patience.ts"
import * as Platform from "./Platform.ts"

const names = ["Ada", "Lin", "Eve", "Tom", "Mia", "Zoe", "Max", "Ivy"]
const nameOf = (index: number) => names[index] ?? `Player${index + 1}`

/** The platform of `startGalaxy`; `end` releases all that it holds. */
export class Started implements TestGalaxy {
  readonly admin = parts.admin
  readonly adminCall: AdminCall
  readonly #platform: Platform.Platform
  readonly #end: () => Promise<void>
  readonly #players = new Set<TestPlayer.OwnedPlayer>()
  readonly #faults = new Set<Fault>()
  /** Ends of faults that nobody has waited for. */
  readonly #ending = new Set<Promise<void>>()
  #closed: Promise<void> | undefined

  constructor(platform: Platform.Platform, end: () => Promise<void>) {
    this.#platform = platform
    this.#end = end
    this.adminCall = adminCalls(platform.backendUrl)
  }

  get gatewayUrl(): string {
    return this.#platform.gatewayUrl
  }

  get backendUrl(): string {
    return this.#platform.backendUrl
  }

  async players(...asked: ReadonlyArray<string> | readonly [number]): Promise<never> {
    await this.#settled()
    const [first] = asked
    const wanted = typeof first === "number" ? Array.from({ length: first }, (_, it) => nameOf(it)) : asked.map(String)
    const bad = wanted.find((it) => !/^\w{1,32}$/.test(it))
    if (bad !== undefined) {
      throw new NotPossible({ message: `${JSON.stringify(bad)} can't be a player: use 1 to 32 letters and digits` })
    }
    const one = async (name: string) => {
      const signedIn = await this.#run(signIn(name))
      const player = await TestPlayer.open(signedIn, this.#platform.services, this.#platform.clock)
      this.#players.add(player)
      return player
    }
    // Two devices of one player sign in one after the other, so that each gets its own code.
    if (new Set(wanted).size === wanted.length) return (await Promise.all(wanted.map(one))) as never
    const made: Array<TestPlayer.TestPlayer> = []
    for (const name of wanted) made.push(await one(name))
    return made as never
  }

  async game(players: ReadonlyArray<TestPlayer.TestPlayer>, options: games.GameOptions = {}): Promise<Game> {
    await this.#settled()
    return games.privateGame(this.#games, players, options)
  }

  async publicGame(players: ReadonlyArray<TestPlayer.TestPlayer> = [], options: games.GameOptions = {}): Promise<Game> {
    await this.#settled()
    return games.publicGame(this.#games, players, options)
  }

  async advance(by: Span): Promise<void> {
    await this.#settled()
    const millis = millisOf(by)
    if (millis < 0) throw new NotPossible({ message: "time can't go back: advance takes what is 0 or longer" })
    await this.#run(this.#platform.clock.advance(millis))
  }

  async advanceToTurn(game: games.GameRef, turn: number): Promise<Game> {
    await this.#settled()
    return games.advanceToTurn(this.#games, game, turn)
  }

  now(): Date {
    return new Date(this.#platform.clock.currentTimeMillisUnsafe())
  }

  mails(to?: string): ReadonlyArray<OutgoingMail> {
    return this.#platform.postbox.mails.all.filter((it) => to === undefined || it.to === to)
  }

  async mail(to: string, fits: (mail: OutgoingMail) => boolean = () => true): Promise<OutgoingMail> {
    await this.#settled()
    const late = () => {
      const subjects = this.mails(to).map((it) => JSON.stringify(it.subject))
      return `no such mail came within ${patienceMs} ms; there came ${subjects.join(", ") || "none to this address"}`
    }
    return this.#platform.postbox.mails.take((it) => it.to === to && fits(it), patienceMs, late)
  }

  readonly fail: Faults = {
    mail: (mode) =>
      this.#fault(
        Effect.sync(() => {
          this.#platform.postbox.mode = mode
          return Effect.sync(() => {
            this.#platform.postbox.mode = "accept"
          })
        })
      ),
    database: (kind) => this.#fault(Effect.suspend(() => this.#platform.database.fail(kind, this.#platform.sql()))),
    engine: (game, kind) => this.#fault(Effect.suspend(() => this.#platform.engines.fail(games.gameIdOf(game), kind))),
    redis: () =>
      this.#fault(
        Effect.suspend(() => {
          const link = this.#platform.redis
          if (link === undefined) {
            throw new NotPossible({ message: 'this platform uses no Redis: startGalaxy({ redis: "redis://…" })' })
          }
          return Platform.severed(link)
        })
      ),
    push: () => this.#fault(Effect.suspend(() => Platform.severed(this.#platform.push)))
  }

  skew(player: TestPlayer.TestPlayer, by: Span): Fault {
    const own = [...this.#players].find((it) => it === player)
    if (own === undefined) throw new NotPossible({ message: `${player.name} isn't a player of this platform` })
    const millis = millisOf(by)
    own.skewMs += millis
    return this.#begun(
      Effect.sync(() => {
        own.skewMs -= millis
      })
    )
  }

  async restart(part: Platform.PartName, { hard = false }: { readonly hard?: boolean } = {}): Promise<void> {
    await this.#settled()
    const { kill, start, stop } = this.#platform
    await this.#run(Effect.andThen(hard && part === "backend" ? kill : stop(part), start(part)))
  }

  async reset(): Promise<void> {
    await this.#settled()
    await this.#quiet()
    await this.#run(this.#platform.renew)
  }

  close(): Promise<void> {
    this.#closed ??= (async () => {
      await this.#quiet()
      await this.#end()
    })()
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  get #games(): games.GamesOf {
    return {
      admin: this.adminCall,
      advance: (millis) => this.#run(this.#platform.clock.advance(millis)),
      now: () => this.#platform.clock.currentTimeMillisUnsafe()
    }
  }

  #run<A, E>(effect: Effect.Effect<A, E, Galaxy>): Promise<A> {
    const { backendUrl, clock, gatewayUrl, postbox, services } = this.#platform
    const mails = Effect.sync(() => postbox.mails.all)
    const galaxy = Galaxy.of({ gatewayUrl, backendUrl, admin: parts.admin, advance: clock.advance, mails })
    return Effect.runPromise(effect.pipe(Effect.provideService(Galaxy, galaxy), Effect.provide(services)))
  }

  async #fault(begin: Effect.Effect<Effect.Effect<void>>): Promise<Fault> {
    await this.#settled()
    return this.#begun(await this.#run(begin))
  }

  #begun(undo: Effect.Effect<void>): Fault {
    const made = fault(
      undo,
      (effect) => this.#run(effect),
      (done) => {
        this.#faults.delete(made)
        this.#ending.add(done)
      }
    )
    this.#faults.add(made)
    return made
  }

  /** Nothing begins before the faults that are being undone are over, or once the platform is closed. */
  async #settled(): Promise<void> {
    if (this.#closed !== undefined) throw new NotPossible({ message: "this platform is closed" })
    const ending = [...this.#ending]
    await Promise.all(ending)
    for (const it of ending) this.#ending.delete(it)
  }

  /** Undoes all faults and ends the players' streams. */
  async #quiet(): Promise<void> {
    await Promise.all([...this.#faults].map((it) => it.undo()))
    await Promise.all(this.#ending)
    this.#ending.clear()
    await Promise.all([...this.#players].map((it) => it.close()))
    this.#players.clear()
  }
}
