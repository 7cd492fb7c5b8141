import { createHash, createHmac, randomBytes } from "node:crypto";
import { people } from "./people";

export const CODE_TTL_MS = 10 * 60_000;
export const ACCESS_TTL_SECONDS = 28_800;
export const REFRESH_TTL_SECONDS = 15_897_600;
const RANDOM_CHARS = 24;
const SIGNATURE_CHARS = 12;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** Not a secret: it only makes a plain token recognisable after the stand-in was restarted. */
const TOKEN_MARK = "flightdeck-simulator";

export type TokenMode =
  | { kind: "plain" }
  | { kind: "expiring"; accessTtlSeconds: number; refreshTtlSeconds: number };
export type AuthorizationRequest = {
  clientId: string;
  redirectUri: string;
  scope: string;
  codeChallenge: string | null;
};
type Code = AuthorizationRequest & { login: string; expiresAt: number };
type Grant = { login: string; clientId: string; scope: string };
type Access = Grant & { expiresAt: number; revoked: boolean };
type Refresh = Grant & { expiresAt: number; accessToken: string };

export type IssuedTokens = {
  accessToken: string;
  scope: string;
  refresh: { token: string; accessTtlSeconds: number; refreshTtlSeconds: number } | null;
};
export type CodeExchange =
  | { ok: true; issued: IssuedTokens }
  | { ok: false; error: "bad_verification_code" | "redirect_uri_mismatch" };

/** All codes and tokens of the stand-in, in memory. */
export class TokenStore {
  mode: TokenMode = { kind: "plain" };
  #codes = new Map<string, Code>();
  #access = new Map<string, Access>();
  #refresh = new Map<string, Refresh>();
  /** People whose tokens of an earlier run were revoked in this one. */
  #revokedLogins = new Set<string>();

  constructor(private readonly now: () => number = Date.now) {}

  issueCode(login: string, request: AuthorizationRequest): string {
    const code = randomBytes(10).toString("hex");
    this.#codes.set(code, { ...request, login, expiresAt: this.now() + CODE_TTL_MS });
    return code;
  }

  /** A code works once, for ten minutes, for its own client, address and PKCE verifier. Any attempt uses it up. */
  exchangeCode(
    code: string,
    proof: { clientId: string; redirectUri: string | null; codeVerifier: string | null },
  ): CodeExchange {
    const found = this.#codes.get(code);
    this.#codes.delete(code);
    if (!found || found.expiresAt <= this.now() || found.clientId !== proof.clientId) {
      return { ok: false, error: "bad_verification_code" };
    }
    if (found.codeChallenge !== null && found.codeChallenge !== sha256Base64Url(proof.codeVerifier ?? "")) {
      return { ok: false, error: "bad_verification_code" };
    }
    if (proof.redirectUri !== null && proof.redirectUri !== found.redirectUri) {
      return { ok: false, error: "redirect_uri_mismatch" };
    }
    return { ok: true, issued: this.issue(found) };
  }

  /** In expiring mode a pair of access and refresh token, as a GitHub App gives; else one that never expires. */
  issue({ login, clientId, scope }: Grant): IssuedTokens {
    if (this.mode.kind === "plain") {
      const accessToken = newToken("gho", login);
      this.#access.set(accessToken, {
        login,
        clientId,
        scope,
        expiresAt: Number.POSITIVE_INFINITY,
        revoked: false,
      });
      return { accessToken, scope, refresh: null };
    }
    const { accessTtlSeconds, refreshTtlSeconds } = this.mode;
    const now = this.now();
    const accessToken = newToken("ghu", login);
    const refreshToken = newToken("ghr", login) + randomChars(32);
    const grant = { login, clientId, scope: "" };
    this.#access.set(accessToken, { ...grant, expiresAt: now + accessTtlSeconds * 1000, revoked: false });
    this.#refresh.set(refreshToken, { ...grant, expiresAt: now + refreshTtlSeconds * 1000, accessToken });
    return { accessToken, scope: "", refresh: { token: refreshToken, accessTtlSeconds, refreshTtlSeconds } };
  }

  /** Rotates a pair: the old refresh token and the old access token are worth nothing from here on. Null = refused. */
  rotate(refreshToken: string, clientId: string): IssuedTokens | null {
    const found = this.#refresh.get(refreshToken);
    if (!found || found.clientId !== clientId || found.expiresAt <= this.now()) return null;
    this.#refresh.delete(refreshToken);
    this.revokeToken(found.accessToken);
    return this.issue(found);
  }

  /** The person and scope behind a token that works now. */
  check(token: string): { login: string; scope: string } | null {
    const found = this.#find(token);
    return found && !found.revoked && found.expiresAt > this.now() ? found : null;
  }

  /** Whose token it is or was, also after it expired or was revoked. */
  owner(token: string): string | null {
    return this.#find(token)?.login ?? null;
  }

  /** Ends one token for good; an access token takes its refresh token with it. False = unknown. */
  revokeToken(token: string): boolean {
    const refresh = this.#refresh.get(token);
    if (refresh) {
      this.#refresh.delete(token);
      return this.revokeToken(refresh.accessToken) || true;
    }
    const access = this.#find(token);
    if (!access) return false;
    access.revoked = true;
    for (const [key, pair] of this.#refresh) if (pair.accessToken === token) this.#refresh.delete(key);
    return true;
  }

  /** Ends every token this stand-in knows of one person, for one client or for all. Returns how many. */
  revokeLogin(login: string, clientId?: string): number {
    if (!clientId) this.#revokedLogins.add(login);
    let count = 0;
    for (const [token, access] of this.#access) {
      if (access.login !== login || access.revoked || (clientId && access.clientId !== clientId)) continue;
      this.revokeToken(token);
      count += 1;
    }
    return count;
  }

  #find(token: string): Access | null {
    const known = this.#access.get(token);
    if (known) return known;
    // A plain token of an earlier run still works, so a demo that was restarted does not sign everybody out.
    const login = loginOfMarkedToken(token);
    if (!login || this.#revokedLogins.has(login)) return null;
    const access = {
      login,
      clientId: "",
      scope: "read:user,user:email,read:org",
      expiresAt: Number.POSITIVE_INFINITY,
      revoked: false,
    };
    this.#access.set(token, access);
    return access;
  }
}

function newToken(prefix: "gho" | "ghu" | "ghr", login: string): string {
  const random = randomChars(RANDOM_CHARS);
  return `${prefix}_${random}${signature(prefix, random, login)}`;
}

function loginOfMarkedToken(token: string): string | null {
  const match = new RegExp(`^gho_([A-Za-z0-9]{${RANDOM_CHARS}})([0-9a-f]{${SIGNATURE_CHARS}})$`).exec(token);
  if (!match) return null;
  const [, random = "", mark] = match;
  return people.find(({ login }) => signature("gho", random, login) === mark)?.login ?? null;
}

function signature(prefix: string, random: string, login: string): string {
  return createHmac("sha256", TOKEN_MARK)
    .update(`${prefix}.${random}.${login}`)
    .digest("hex")
    .slice(0, SIGNATURE_CHARS);
}

function randomChars(count: number): string {
  return Array.from(randomBytes(count), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}

function sha256Base64Url(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
