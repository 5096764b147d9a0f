/** A game before it is played, a new one, and how to join one. */
import type { lobby as en } from "../en/lobby.ts"
import type { Section } from "../Section.ts"
import { plural } from "./plural.ts"

const players = (count: number) => `${count} ${plural(count, "игрок", "игрока", "игроков")}`
const turns = (count: number) => `${count} ${plural(count, "хода", "ходов", "ходов")}`

/** In Russian. */
export const lobby: Section<typeof en> = {
  race: {
    label: "Ваша раса",
    suggest: "Другое название",
    asking: "Проверяем, свободно ли…",
    free: "Свободно",
    taken: "Это название занято, или есть очень похожее",
    refused: "Расу так назвать нельзя",
    unknown: "Название проверится, когда вы займёте место",
    problems: {
      empty: "Дайте расе название",
      long: "Не больше 20 знаков",
      characters: "Только латинские и русские буквы, цифры, дефисы и подчёркивания",
      ends: "В начале и в конце должна быть буква или цифра",
      letter: "Нужна хотя бы одна буква"
    }
  },
  schedule: {
    label: "Когда делаются ходы",
    kinds: {
      ready: "Только когда все готовы",
      daily: "Каждый день",
      days: "По дням недели",
      monthly: "Раз в месяц",
      hours: "Раз в несколько часов",
      minutes: "Раз в несколько минут",
      cron: "По выражению cron"
    },
    at: "Во сколько",
    day: "Какого числа",
    days: "В какие дни",
    every: "Каждые",
    hours: (count: number) => (count === 1 ? "час" : `${count} ${plural(count, "час", "часа", "часов")}`),
    minutes: (count: number) => (count === 1 ? "минуту" : `${count} ${plural(count, "минуту", "минуты", "минут")}`),
    cron: "Пять полей: минута, час, число, месяц, день недели",
    zone: "Часовой пояс",
    next: "Ближайшие ходы",
    here: (zone: string) => `Ваше время (${zone})`,
    there: (zone: string) => `Время игры (${zone})`,
    readyText: "Срока нет: ход делается, как только все скажут, что их приказы готовы.",
    text: {
      ready: "когда все готовы",
      daily: (time: string) => `каждый день в ${time}`,
      weekdays: (time: string) => `по будням в ${time}`,
      days: (days: string, time: string) => `${days} в ${time}`,
      monthly: (day: number, time: string) => `${day}-го числа каждого месяца в ${time}`,
      hours: (count: number) =>
        count === 1 ? "каждый час" : `каждые ${count} ${plural(count, "час", "часа", "часов")}`,
      minutes: (count: number) =>
        count === 1 ? "каждую минуту" : `каждые ${count} ${plural(count, "минуту", "минуты", "минут")}`,
      cron: (fields: string) => `по выражению cron ${fields}`,
      orReady: (schedule: string) => `${schedule}, или когда все готовы`
    }
  },
  form: {
    newTitle: "Новая игра",
    lead: "Игра закрытая: её видят только те, кого вы пригласите.",
    editTitle: "Настройки игры",
    name: "Название игры",
    description: "Об игре",
    descriptionHint: "Что стоит знать тем, кого вы зовёте. Можно не заполнять.",
    seats: "Места",
    people: "Для людей, считая вас",
    computers: "Для компьютерных игроков",
    leastPeople: "Людей для старта",
    total: (count: number) => `Галактика на ${count} ${plural(count, "расу", "расы", "рас")}`,
    turns: "Ходы",
    early: "Делать ход раньше, если все готовы",
    absence: "Тот, кто не отдаёт приказов",
    absences: {
      none: "сохраняет место",
      computer: "заменяется компьютерным игроком",
      removal: "выбывает из игры"
    },
    absenceAfter: "Через сколько ходов без приказов",
    absenceHint: "За ход до этого придёт напоминание.",
    create: "Создать игру",
    save: "Сохранить",
    fixed: "Места и время менять уже нельзя: игра запущена.",
    problems: {
      nameEmpty: "Дайте игре название",
      nameLong: "Не больше 64 знаков",
      nameWrong: "В названии есть знаки, которые нельзя показать",
      seats: "Всего от 1 до 200 мест",
      least: "Не меньше одного и не больше, чем мест",
      computers: "От 0 до 199",
      days: "Выберите хотя бы один день",
      cron: "Пять полей через пробел",
      absenceAfter: "От 1 до 1000 ходов"
    },
    exists: "По этой форме игра уже создана. Измените что-нибудь или посмотрите список игр.",
    limit: "У вас столько игр, сколько можно. Сначала одна из них должна закончиться."
  },
  hall: {
    openMap: "К карте",
    startsNow: "Галактика создаётся. Как только она будет готова, вы попадёте в неё.",
    seats: "Игроки",
    you: "вы",
    ownerMark: "владелец",
    computer: "компьютерный игрок",
    computersWaiting: (count: number) =>
      `При старте ${plural(count, "добавится", "добавятся", "добавятся")} ${count} ${plural(count, "компьютерный игрок", "компьютерных игрока", "компьютерных игроков")}`,
    freeSeats: (count: number) => `Свободно ${count} ${plural(count, "место", "места", "мест")}`,
    noSeats: "Все места заняты",
    needs: (count: number) => `Для старта нужно ещё ${players(count)}.`,
    enough: "Игроков достаточно, можно начинать.",
    nobody: "Места пока никто не занял.",
    joinUntil: (time: string) => `Вступить можно до: ${time}.`,
    schedule: "Ходы",
    absence: "Отсутствие",
    absenceText: {
      none: "Место не теряется, даже если не отдавать приказов.",
      computer: (count: number) => `После ${turns(count)} без приказов место займёт компьютерный игрок.`,
      removal: (count: number) => `После ${turns(count)} без приказов раса выбывает из игры.`
    },
    about: "Об игре",
    settings: "Настройки",
    change: "Изменить",
    publicGame: "Открыта для всех, её ведут администраторы",
    privateGame: "Закрытая",
    begun: (time: string) => `Началась: ${time}`,
    ended: (time: string) => `Закончилась: ${time}`,
    steps: {
      startAll: "Начать игру",
      open_enrollment: "Открыть набор",
      ready_to_start: "Закрыть набор",
      start: "Запустить",
      retry_start: "Попробовать ещё раз",
      pause: "Приостановить",
      resume: "Продолжить",
      cancel: "Отменить игру…",
      leave: "Выйти из игры…"
    },
    says: {
      draft: "Игра готовится. Позовите игроков и начните её, когда все соберутся.",
      enrollment_open: "Игроки собираются.",
      ready_to_start: "Набор закрыт. Можно начинать.",
      starting: "Игра запускается.",
      start_failed: "Запуск не удался. Ничего не потеряно, можно попробовать ещё раз.",
      running: "Игра идёт.",
      paused: "Игра приостановлена: ходов не будет, пока владелец её не продолжит.",
      stopped: "Администраторы остановили игру. Её состояние сохранено.",
      finished: "Игра окончена. Отчёты можно читать ещё год.",
      cancelled: "Игра отменена."
    },
    waitsForOwner: "Её запускает владелец.",
    reason: (text: string) => `Ответ сервера: ${text}`,
    removed: "Вы больше не участвуете в этой игре.",
    blocked: "Вас исключили из этой игры, вернуться нельзя.",
    invites: "Приглашения",
    invitesText: "По одной ссылке войдёт один игрок. Отправьте её другу, а для следующего сделайте новую.",
    newLink: "Создать ссылку",
    copy: "Копировать",
    copied: "Скопировано",
    copyFailed: "Скопировать не удалось. Выделите и скопируйте сами.",
    revoke: "Отозвать",
    until: (time: string) => `действует до: ${time}`,
    noInvites: "Открытых приглашений нет.",
    link: "Ссылка",
    code: "Код",
    person: "Позвать знакомого",
    personText: "Те, с кем вы играли в последнее время.",
    nobodyKnown: "Вы ещё ни с кем не играли. Отправьте ссылку.",
    invitePerson: "Позвать",
    invited: "✓ Приглашение отправлено",
    invitedPerson: (name: string) => `Приглашение: ${name}`,
    somebody: "Игрок",
    knownFrom: (game: string) => `из игры ${game}`,
    received: (name: string) => `${name} зовёт вас в эту игру.`,
    join: "Занять место",
    decline: "Отклонить",
    applyLead: "Кому дать место, решает администратор.",
    apply: "Подать заявку",
    application: {
      pending: (race: string) => `Вы подали заявку за ${race}. Вам сообщат, что решено.`,
      approved: "Ваша заявка принята.",
      rejected: "Ваша заявка отклонена."
    },
    member: "Ещё об этом игроке",
    remove: "Убрать…",
    block: "Заблокировать…",
    confirm: {
      cancel: {
        title: "Отменить эту игру?",
        text: "Она закончится для всех, вернуть её нельзя.",
        go: "Отменить игру"
      },
      leave: {
        title: "Выйти из этой игры?",
        text: "Ваше место и название расы освободятся.",
        textPlayed: "Ваша раса покинет галактику. Самому вернуться нельзя.",
        go: "Выйти"
      },
      remove: {
        title: (name: string) => `Убрать игрока ${name}?`,
        text: "Место освободится. Игрока можно будет позвать снова.",
        go: "Убрать"
      },
      block: {
        title: (name: string) => `Заблокировать игрока ${name}?`,
        text: "Игрок потеряет место и больше не сможет вступить в эту игру.",
        go: "Заблокировать"
      },
      revoke: {
        title: "Отозвать это приглашение?",
        text: "Ссылка перестанет работать.",
        go: "Отозвать"
      },
      keep: "Нет, оставить"
    }
  },
  joinPage: {
    title: "Приглашение",
    lead: (name: string) => `${name} зовёт вас в игру`,
    seats: (taken: number, all: number) => `занято мест: ${taken} из ${all}`,
    full: "Все места заняты. Спросите того, кто прислал ссылку.",
    gone: "Это приглашение не действует",
    goneText: "Его использовали, отозвали, оно устарело, или ссылка обрезана. Попросите новое.",
    until: (time: string) => `Приглашение действует до: ${time}.`,
    join: "Вступить",
    notNow: "Не сейчас"
  }
}
