/** The mail that carries a login code, in the player's language. */
import { Duration } from "effect"
import { letter, type Letter } from "../mail/Letter.ts"
import type { MailWords } from "../mail/MailWords.ts"
import { type Language, languageOf } from "../shared/mailLanguage.ts"

const russian = new Intl.PluralRules("ru")
const minutesInRussian: Partial<Record<Intl.LDMLPluralRule, string>> = { one: "минуту", few: "минуты" }

const words = {
  en: (code: string, minutes: number) => ({
    subject: `${code} is your Galaxy code`,
    paragraphs: [
      "Your code to sign in to Galaxy:",
      { code },
      `It is valid for ${minutes === 1 ? "1 minute" : `${minutes} minutes`} and works once. If you didn't ask for it, ignore this mail.`
    ]
  }),
  ru: (code: string, minutes: number) => ({
    subject: `${code} — ваш код для Galaxy`,
    paragraphs: [
      "Ваш код для входа в Galaxy:",
      { code },
      `Он действует ${minutes} ${minutesInRussian[russian.select(minutes)] ?? "минут"} и только один раз. Если вы его не запрашивали, не обращайте внимания на это письмо.`
    ]
  })
} as const satisfies Record<Language, (code: string, minutes: number) => MailWords>

/** `language` is the reader's BCP 47 tag. The code's lifetime is told in whole minutes, rounded up. */
export const loginMail = (language: string, code: string, lifetime: Duration.Input): Letter => {
  const read = languageOf(language)
  const minutes = Math.max(1, Math.ceil(Duration.toMinutes(Duration.fromInputUnsafe(lifetime))))
  return letter(words[read](code, minutes), { language: read })
}
