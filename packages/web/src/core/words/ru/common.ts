/** Words that many screens share. */
import type { common as en } from "../en/common.ts"
import type { Section } from "../Section.ts"

/** In Russian. */
export const common: Section<typeof en> = {
  appName: "Galaxy",
  loading: "Загрузка…",
  tryAgain: "Повторить",
  close: "Закрыть",
  cancel: "Отмена",
  save: "Сохранить",
  saved: "Сохранено",
  back: "Назад",
  more: "Ещё",
  yes: "Да",
  no: "Нет",
  you: "вы",
  offline: "Нет сети. Всё, что есть на этом устройстве, можно читать, а приказы сохранятся до отправки.",
  reconnecting: (seconds: number) => `Связь потеряна. Следующая попытка через ${seconds} с.`,
  connecting: "Подключение…",
  reconnectNow: "Сейчас",
  theme: "Цвета",
  themes: { system: "Как на устройстве", dark: "Тёмные", light: "Светлые" },
  language: "Язык",
  skipToContent: "К содержанию",
  menu: "Главное меню",
  nav: { games: "Игры", account: "Аккаунт", notices: "Уведомления", signOut: "Выйти" },
  alarm: {
    altered: "Ответ был изменён в пути",
    alteredText:
      "На нём нет подписи этого сервера, поэтому он не показан. Всё, что есть на этом устройстве, по-прежнему можно читать.",
    otherServer: "Это не тот сервер, на котором вы вошли",
    otherServerText: (pinned: string, presented: string) =>
      `Вы вошли на сервер с ключом ${pinned}. У того, что отвечает сейчас, ключ ${presented}. Прежде чем продолжать, спросите того, кто его держит.`
  },
  notFound: "Здесь ничего нет",
  notLoaded: "Сейчас эту страницу не открыть",
  notLoadedText: "Не удалось загрузить её часть: нет сети или сервер недоступен.",
  notFoundText: "Возможно, адрес набран с ошибкой, или того, что здесь было, больше нет.",
  notForgotten: "Ключ остался в этом браузере",
  notForgottenText: "Стереть его не удалось. Очистите данные этого сайта в настройках браузера.",
  toGames: "К вашим играм",
  insecure: "Этой странице нужен защищённый адрес",
  insecureText:
    "Браузеры подписывают только на адресах https и на localhost, а в Galaxy подписывается всё. Спросите адрес https у того, кто держит этот сервер.",
  outdated: "Есть новая версия этой страницы",
  outdatedText: "Ваши приказы сохранены.",
  reload: "Обновить",
  requestId: (id: string) => `Запрос ${id}`
}
