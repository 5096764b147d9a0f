/** Words that many screens share. */
export const common = {
  appName: "Galaxy",
  loading: "Loading…",
  tryAgain: "Try again",
  close: "Close",
  cancel: "Cancel",
  save: "Save",
  saved: "Saved",
  back: "Back",
  more: "More",
  yes: "Yes",
  no: "No",
  you: "you",
  offline: "No network. What is on this device can be read, and orders are kept until they can be sent.",
  reconnecting: (seconds: number) => `Connection lost. Next try in ${seconds} s.`,
  connecting: "Connecting…",
  reconnectNow: "Now",
  theme: "Colours",
  themes: { system: "As the device", dark: "Dark", light: "Light" },
  language: "Language",
  skipToContent: "Skip to the content",
  menu: "Main menu",
  nav: { games: "Games", account: "Account", notices: "Notices", signOut: "Sign out" },
  alarm: {
    altered: "An answer was altered on its way",
    alteredText:
      "It didn't carry the signature of this server, so it isn't shown. What is on this device can still be read.",
    otherServer: "This isn't the server that you signed in to",
    otherServerText: (pinned: string, presented: string) =>
      `You signed in to the server with the key ${pinned}. The one that answers now has ${presented}. Ask whoever runs it before you go on.`
  },
  notFound: "There is nothing here",
  notLoaded: "This page can't be opened at the moment",
  notLoadedText: "A part of it couldn't be loaded: there is no network, or the server can't be reached.",
  notFoundText: "The address may be mistyped, or what was here is gone.",
  notForgotten: "Your key is still in this browser",
  notForgottenText: "It couldn't be erased here. Clear this site's data in the browser's settings.",
  toGames: "To your games",
  insecure: "This page needs a secure address",
  insecureText:
    "Browsers sign only on https addresses and on localhost, and everything in Galaxy is signed. Ask whoever runs this server for its https address.",
  outdated: "A newer version of this page is there",
  outdatedText: "Your orders are kept.",
  reload: "Reload",
  requestId: (id: string) => `Request ${id}`
}
