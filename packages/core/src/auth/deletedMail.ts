/** The mail to an address whose account was deleted and isn't erased yet, instead of a login code. */
import { Duration } from "effect"
import { letter, type Letter } from "../mail/Letter.ts"
import type { MailWords } from "../mail/MailWords.ts"
import { type Language, languageOf } from "../shared/mailLanguage.ts"

/** Template of the mail. */
export const accountDeleted = "auth.account_deleted"

const russian = new Intl.PluralRules("ru")
const daysInRussian: Partial<Record<Intl.LDMLPluralRule, string>> = { one: "день", few: "дня" }

const words = {
  en: (days: number) => ({
    subject: "Your Galaxy account was deleted",
    paragraphs: [
      "Somebody, probably you, asked for a code to sign in to Galaxy with this address. Its account was deleted, so there is no code.",
      `The account's data is erased ${days === 1 ? "1 day" : `${days} days`} after the deletion. From then on you can sign in with this address again, which makes a new account.`,
      "If you didn't ask for a code, ignore this mail."
    ]
  }),
  ru: (days: number) => ({
    subject: "Ваша учётная запись Galaxy удалена",
    paragraphs: [
      "Кто-то, вероятно вы, запросил код для входа в Galaxy с этого адреса. Его учётная запись удалена, поэтому кода нет.",
      `Данные удалённой учётной записи стираются через ${days} ${daysInRussian[russian.select(days)] ?? "дней"} после удаления. После этого с этого адреса снова можно войти: будет создана новая учётная запись.`,
      "Если вы не запрашивали код, не обращайте внимания на это письмо."
    ]
  })
} as const satisfies Record<Language, (days: number) => MailWords>

/** `language` is the reader's BCP 47 tag; `kept` is how long a deleted account is kept, told in whole days. */
export const deletedMail = (language: string, kept: Duration.Input): Letter => {
  const read = languageOf(language)
  const days = Math.max(1, Math.ceil(Duration.toDays(Duration.fromInputUnsafe(kept))))
  return letter(words[read](days), { language: read })
}
