import { isLoopbackHost } from "@/server/platform/env";

/** Where one GitHub is reached: `web` for people and OAuth, `api` for REST. Neither ends in a slash. */
export type GithubHosts = { web: string; api: string };

const DOTCOM = "github.com";
const TENANTS = ".ghe.com";

/** Derives both hosts from GITHUB_URL: github.com and ghe.com tenants have `api.` in front; a stand-in on
 *  loopback (and any other host) has its API under `/api/v3`. */
export function githubHosts(githubUrl: string): GithubHosts {
  const { origin, protocol, host, hostname } = new URL(githubUrl);
  const hasApiHost = !isLoopbackHost(hostname) && (hostname === DOTCOM || hostname.endsWith(TENANTS));
  return { web: origin, api: hasApiHost ? `${protocol}//api.${host}` : `${origin}/api/v3` };
}
