import { html, raw } from "hono/html";
import type { Person } from "./people";

type Choice = { person: Person; href: string };
type AuthorizePage = {
  appName: string;
  scopes: string[];
  choices: Choice[];
  cancelHref: string;
  problem: string | null;
};

const SCOPE_MEANING: Record<string, string> = {
  "read:user": "Read your profile",
  user: "Read and change your profile",
  "user:email": "Read your email addresses",
  "read:org": "Read your organisation memberships",
  repo: "Read and write your repositories",
  gist: "Write gists",
  codespace: "Manage your codespaces",
};

const styles = `
:root{color-scheme:light dark;--bg:#f6f8fa;--card:#fff;--line:#d1d9e0;--text:#1f2328;--soft:#59636e;--accent:#0969da;--bad-bg:#ffebe9;--bad:#a40e26}
@media (prefers-color-scheme:dark){:root{--bg:#0d1117;--card:#151b23;--line:#3d444d;--text:#f0f6fc;--soft:#9198a1;--accent:#4493f8;--bad-bg:#3c1618;--bad:#ff9492}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;align-items:center;gap:1.25rem;padding:2.5rem 1rem;background:var(--bg);color:var(--text);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{width:100%;max-width:26rem;background:var(--card);border:1px solid var(--line);border-radius:.75rem;overflow:hidden}
header,section{padding:1.25rem 1.5rem}
section{border-top:1px solid var(--line)}
.badge{display:inline-block;margin:0 0 .5rem;padding:.1rem .6rem;border:1px solid var(--line);border-radius:1rem;color:var(--soft);font-size:.8rem}
h1{margin:0;font-size:1.3rem;line-height:1.3}
h2{margin:0 0 .5rem;font-size:.95rem}
p{margin:.5rem 0 0;color:var(--soft)}
ul{list-style:none;margin:0;padding:0}
.scopes li{color:var(--soft);font-size:.9rem}
.scopes code{color:var(--text)}
.people{display:grid;gap:.5rem}
.people a{display:flex;gap:.85rem;align-items:center;padding:.7rem .85rem;border:1px solid var(--line);border-radius:.5rem;color:inherit;text-decoration:none}
.people a:hover{border-color:var(--accent)}
.people img{width:2.5rem;height:2.5rem;border-radius:50%;flex:none}
.people strong,.people small{display:block}
.people small{color:var(--soft)}
a:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.cancel{display:block;padding:.6rem;border:1px solid var(--line);border-radius:.5rem;color:inherit;text-align:center;text-decoration:none}
.problem{margin:0;padding:.75rem 1.5rem;background:var(--bad-bg);color:var(--bad)}
footer{max-width:26rem;color:var(--soft);font-size:.85rem;text-align:center}
`;

/** The page on which a person chooses who to be. It works without scripts; every choice is a link. */
export function authorizePage({ appName, scopes, choices, cancelHref, problem }: AuthorizePage) {
  return page(
    `Sign in to ${appName}`,
    html`<header>
      <p class="badge">Simulated GitHub</p>
      <h1>Authorize ${appName}</h1>
      <p>Choose who you want to be. No password is needed: these people exist on this computer only.</p>
    </header>
    ${problem ? html`<p class="problem" role="alert">${problem}</p>` : ""}
    <section aria-labelledby="people">
      <h2 id="people">Continue as</h2>
      <ul class="people">
        ${choices.map(
          ({ person, href }) => html`<li><a href="${href}"
            ><img src="/avatars/${person.login}.svg" alt="" width="40" height="40" /><span
              ><strong>${person.login}</strong><small>${person.name} · ${person.bio}</small></span
            ></a></li>`,
        )}
      </ul>
    </section>
    ${
      scopes.length === 0
        ? ""
        : html`<section aria-labelledby="scopes">
      <h2 id="scopes">${appName} will be able to</h2>
      <ul class="scopes">
        ${scopes.map((scope) => html`<li>${SCOPE_MEANING[scope] ?? "Use this scope"} <code>${scope}</code></li>`)}
      </ul>
    </section>`
    }
    <section><a class="cancel" href="${cancelHref}">Cancel</a></section>`,
  );
}

/** A page that says why the request cannot go on. */
export function authorizeProblemPage(title: string, message: string) {
  return page(
    title,
    html`<header><p class="badge">Simulated GitHub</p><h1>${title}</h1><p role="alert">${message}</p></header>`,
  );
}

function page(title: string, body: unknown) {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<title>${title} · Simulated GitHub</title>
<style>${raw(styles)}</style>
</head>
<body>
<main>${body}</main>
<footer>This page stands in for github.com. Nothing leaves this computer.</footer>
</body>
</html>`;
}
