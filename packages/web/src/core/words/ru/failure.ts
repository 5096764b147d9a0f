/** Why something was not done, in words for people. */
import type { failure as en } from "../en/failure.ts"
import type { Section } from "../Section.ts"

/** In Russian. */
export const failure: Section<typeof en> = {
  unavailable: "Сервер недоступен. Неизвестно, было ли это сделано.",
  unavailableRead: "Сервер недоступен.",
  rateLimited: (seconds: number) => `Слишком часто. Повторите через ${seconds} с.`,
  untrusted: "Ответ не подписан этим сервером, поэтому он не показан.",
  ended: "Вы вышли из системы.",
  blocked: "Этот аккаунт заблокирован навсегда.",
  notFound: "Этого нет, или вам это не видно.",
  invalid: (detail: string) => `Это не может быть принято: ${detail}`,
  refused: "Сервер отказал.",
  internal: "На сервере что-то пошло не так. Ничего вашего не потеряно.",
  reasons: {
    wrong_state: "Игра уже не в том состоянии.",
    full: "Свободных мест нет.",
    name_taken: "Это имя, или похожее на него, уже занято.",
    already_member: "Вы уже играете в этой игре.",
    already_pending: "Такая уже есть и ждёт ответа.",
    not_pending: "На неё уже ответили.",
    blocked: "Вам закрыт доступ в эту игру.",
    limit_reached: "У вас столько, сколько позволяет ваш план.",
    enrollment_over: "Набор закончен.",
    paused: "Игра приостановлена.",
    generating: "Ход просчитывается. Повторите чуть позже.",
    turn_closed: "Ход просчитывается и приказов больше не принимает.",
    turn_passed: "Этот ход прошёл.",
    orders_changed: "Приказы изменены в другом месте.",
    exists: "Это уже есть.",
    last_admin: "Должен остаться хоть один администратор.",
    sent_already: "Это уже отправлено.",
    version_disabled: "Эта версия движка больше не предлагается.",
    not_a_patch: "Эта версия не является исправлением текущей.",
    in_use: "Это используется.",
    not_enough_players: "Слишком мало игроков.",
    not_owner: "Это может только владелец.",
    not_member: "Вы не играете в этой игре.",
    not_recipient: "Это приглашение для другого.",
    not_issuer: "Это может только отправитель.",
    cross_site: "Об этом просил другой сайт, поэтому отказано.",
    foreign_host: "Сервер не отвечает под этим именем."
  }
}
