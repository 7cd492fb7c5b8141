export type SignInNotice = { tone: "info" | "caution" | "danger"; title: string; text: string };

const NOT_ALLOWED: SignInNotice = {
  tone: "danger",
  title: "This account may not use Flightdeck",
  text: "Your GitHub login is not on the list of this server. Ask its administrator to add you, or sign in with another account.",
};
const GITHUB_DOWN: SignInNotice = {
  tone: "caution",
  title: "GitHub does not answer",
  text: "Signing in needs GitHub. Try again in a minute.",
};
const INTERRUPTED: SignInNotice = {
  tone: "caution",
  title: "Signing in was interrupted",
  text: "GitHub's answer could not be used, perhaps because the page was open for a long time. Try again.",
};

const NOTICES: Record<string, SignInNotice> = {
  AccessDenied: NOT_ALLOWED,
  not_on_list: NOT_ALLOWED,
  disabled: {
    tone: "danger",
    title: "This account was disabled",
    text: "An administrator of this server has closed it. Ask them, or sign in with another account.",
  },
  not_a_member: {
    tone: "danger",
    title: "This account may not use Flightdeck",
    text: "Your GitHub account is in none of the organisations and teams that may use this server. Ask its administrator which one to join. If you have just joined, sign in again.",
  },
  sso_required: {
    tone: "danger",
    title: "Your organisation asks for single sign-on",
    text: "GitHub does not show your membership to Flightdeck before that. Open your organisation on GitHub, sign in there with single sign-on, and then sign in here again.",
  },
  suspended: {
    tone: "danger",
    title: "Your access to Flightdeck has ended",
    text: "Your GitHub account is in none of the organisations and teams any more that may use this server. Your sessions are kept: once you are a member again, sign in, and they are back. Ask your administrator if this is a mistake.",
  },
  login_not_allowed: NOT_ALLOWED,
  github_unavailable: GITHUB_DOWN,
  OAuthSignin: GITHUB_DOWN,
  form_expired: {
    tone: "caution",
    title: "This page was out of date",
    text: "It was open for a long time, or this browser keeps no cookies for it. Try again.",
  },
  OAuthCallback: INTERRUPTED,
  OAuthCreateAccount: INTERRUPTED,
  Callback: INTERRUPTED,
  OAuthAccountNotLinked: {
    tone: "danger",
    title: "This account belongs to somebody else here",
    text: "Another person of this server already uses the same address. Ask the administrator.",
  },
  access_denied: {
    tone: "info",
    title: "You cancelled on GitHub",
    text: "Nothing was shared. Sign in whenever you like.",
  },
  SessionRequired: {
    tone: "info",
    title: "Sign in to continue",
    text: "Your login has ended. What you were writing is kept in this browser.",
  },
  github_sign_in_required: {
    tone: "caution",
    title: "GitHub asks you to sign in again",
    text: "Your access was revoked or has expired. Your prompts are kept; retry after signing in.",
  },
  Configuration: {
    tone: "danger",
    title: "Sign-in is not set up correctly",
    text: "The operator of this server finds the reason in its log.",
  },
};

/** What to tell a person about the `error` in the address of the sign-in page. An unknown code gets a plain
 *  sentence instead of its name. */
export function signInNotice(error: string | null): SignInNotice | null {
  if (error === null) return null;
  if (Object.hasOwn(NOTICES, error)) return NOTICES[error] ?? null;
  return {
    tone: "caution",
    title: "Signing in did not work",
    text: "Try again. If it stays, ask the administrator.",
  };
}
