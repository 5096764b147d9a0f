/** The way in. */
export const signIn = {
  title: "Sign in",
  lead: "Strategy among the stars, turn by turn, at your own pace.",
  email: "Your e-mail address",
  askForCode: "Send me a code",
  noPassword: "There is no password. The first time, this makes your account.",
  enterCode: "Enter the code",
  codeSent: (email: string) => `We sent it to ${email}. It works for a few minutes.`,
  code: "Code",
  confirm: "Sign in",
  otherAddress: "Other address",
  sendAgain: "Send again",
  sendAgainIn: (seconds: number) => `Send again in ${seconds} s`,
  key: "This browser makes a key that never leaves it. It signs everything you do, and you can take it back under Devices.",
  wrongCode: "This code is wrong or too old. Look at the newest mail, or have another one sent.",
  wrongAddress: "This isn't an e-mail address.",
  noKeys:
    "This browser can't make keys of the kind that Galaxy needs. Chrome 137, Firefox 130 and Safari 17 can, and newer ones.",
  noStorage:
    "This browser keeps nothing for this page, so you can't stay signed in. Private windows and full disks do that.",
  why: {
    revoked: "You were signed out from another device, or by the server.",
    chosen: "You have signed out.",
    deleted: "Your account has been deleted.",
    kept: "Orders that weren't saved are kept on this device, and come back when you sign in."
  },
  localMail: "Does this server run on your own machine? Then the code is in its terminal and on its mail page.",
  deviceOf: (browser: string, system: string) => `${browser} on ${system}`
}
