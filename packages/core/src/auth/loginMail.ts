/** The mail that carries a login code, in the player's language. */
import { Duration } from "effect"
import { type Language, languageOf } from "../shared/mailLanguage.ts"

const russian = new Intl.PluralRules("ru")
const minutesInRussian: Partial<Record<Intl.LDMLPluralRule, string>> = { one: "минуту", few: "минуты" }

const texts = {
  en: (code: string, minutes: number) => ({
    subject: `${code} is your Galaxy code`,
    text: `Your code to sign in to Galaxy:\n\n    ${code}\n\nIt is valid for ${minutes === 1 ? "1 minute" : `${minutes} minutes`} and works once. If you didn't ask for it, ignore this mail.\n`
  }),
  ru: (code: string, minutes: number) => ({
    subject: `${code} — ваш код для Galaxy`,
    text: `Ваш код для входа в Galaxy:\n\n    ${code}\n\nОн действует ${minutes} ${minutesInRussian[russian.select(minutes)] ?? "минут"} и только один раз. Если вы его не запрашивали, не обращайте внимания на это письмо.\n`
  })
} as const satisfies Record<Language, unknown>

/** `language` is the reader's BCP 47 tag. The code's lifetime is told in whole minutes, rounded up. */
export const loginMail = (language: string, code: string, lifetime: Duration.Input) =>
  texts[languageOf(language)](code, Math.max(1, Math.ceil(Duration.toMinutes(Duration.fromInputUnsafe(lifetime)))))
