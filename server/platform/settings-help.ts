import type { SettingName } from "./env";

/** What each setting is for, and where its value comes from. The README's table is checked against this. */
export const SETTING_HELP: Record<SettingName, { purpose: string; where: string }> = {
  PORT: { purpose: "Port the app listens on.", where: "Any free port; default 3000." },
  HOSTNAME: {
    purpose: "Address the app listens on.",
    where: "Default 0.0.0.0 (every interface); 127.0.0.1 behind a reverse proxy on the same machine.",
  },
  APP_URL: {
    purpose: "Address under which people open the app; GitHub sends them back to it after sign-in.",
    where: "Your public URL, e.g. https://flightdeck.example.com; default http://localhost:PORT.",
  },
  DATA_DIR: {
    purpose: "Folder for what Flightdeck keeps itself: generated secrets, embedded database, CLI home.",
    where: "A folder that survives restarts; default .data.",
  },
  LOG_LEVEL: { purpose: "How much is logged.", where: "trace, debug, info, warn, error, fatal or silent." },
  DATABASE_URL: {
    purpose: "The Postgres database that holds sessions, turns and the event log.",
    where:
      "postgresql://user:password@host:5432/name; unset with `npm start`: an embedded Postgres in DATA_DIR.",
  },
  NEXTAUTH_SECRET: {
    purpose: "Signs sign-in cookies.",
    where: "`openssl rand -base64 33`; unset: generated once and kept in DATA_DIR.",
  },
  ENCRYPTION_KEYS: {
    purpose:
      "Seals GitHub tokens and providers' keys in the database. Newest first; older ones stay to read what they sealed.",
    where:
      "id:base64-of-32-bytes, comma-separated, e.g. `k1:$(openssl rand -base64 32)`; unset: generated and kept.",
  },
  GITHUB_URL: {
    purpose: "The GitHub that people sign in with.",
    where: "https://github.com (default) or your tenant, https://NAME.ghe.com.",
  },
  GITHUB_CLIENT_ID: {
    purpose: "Identifies this server to GitHub at sign-in.",
    where: "GitHub → Settings → Developer settings → OAuth Apps (or GitHub Apps) → your app → Client ID.",
  },
  GITHUB_CLIENT_SECRET: {
    purpose: "Proves to GitHub that the sign-in comes from this server.",
    where: "The same page → Generate a new client secret.",
  },
  GITHUB_SCOPE: {
    purpose: "OAuth scopes asked at sign-in (OAuth Apps; a GitHub App ignores them).",
    where:
      "Default `read:user read:org`; read:org is needed for ALLOWED_ORGS, and always asked with GITHUB_ROLE_MAP.",
  },
  ALLOWED_LOGINS: {
    purpose: "GitHub logins that may sign in, comma-separated.",
    where: "Empty together with ALLOWED_ORGS and GITHUB_ROLE_MAP: everyone who can sign in with GitHub.",
  },
  ALLOWED_ORGS: {
    purpose: "GitHub organisations whose members may sign in, comma-separated.",
    where: "Organisation names as in their GitHub URL.",
  },
  ADMIN_LOGINS: {
    purpose: "GitHub logins of the administrators, comma-separated.",
    where: "Your own login first. With GITHUB_ROLE_MAP they may always sign in.",
  },
  GITHUB_ROLE_MAP: {
    purpose:
      "Who may sign in, and as what, by organisation and team on GitHub; read at sign-in and every hour, and who is in none any more is suspended.",
    where:
      "e.g. acme/platform=admin,acme/security=auditor,acme=user; the strongest role counts. A GitHub App needs the organisation permission Members: read. Empty: roles are given by administrators alone.",
  },
  ADMIN_TRANSCRIPTS: {
    purpose:
      "Whether administrators may read other people's conversations: not at all (closed), or with a written reason.",
    where:
      "Default closed. with-reason: each reading is in the audit log, and its reason in the conversation for its owner.",
  },
  CORS_ORIGINS: {
    purpose:
      "Other websites whose pages may call the REST API from a browser, with an API token; cookies never count.",
    where: "Exact origins, comma-separated, e.g. https://tools.example.com; default none.",
  },
  TRUSTED_PROXIES: {
    purpose:
      "Reverse proxies of your own in front of the app, whose `X-Forwarded-For` tells who calls (audit log).",
    where: "Their number; default 0: the other end of the connection.",
  },
  CLI_URL: {
    purpose: "Headless Copilot CLI servers that the fleet begins with, comma-separated host:port.",
    where: "e.g. copilot-cli:4321; unset: Flightdeck starts and supervises its own.",
  },
  COPILOT_CONNECTION_TOKEN: {
    purpose: "The shared secret between Flightdeck and its CLI servers.",
    where: "The value the servers in CLI_URL were started with; unused while CLI_URL is unset.",
  },
  COPILOT_IDENTITY: {
    purpose:
      "Under which identity GitHub's models are asked: each person's own (user), or that of the CLI servers for everybody (service). People see which.",
    where: "Default user. service needs a COPILOT_GITHUB_TOKEN at every CLI server.",
  },
  COPILOT_GITHUB_TOKEN: {
    purpose:
      "The GitHub token of the CLI servers that Flightdeck starts itself, with COPILOT_IDENTITY=service.",
    where: "Of an account or app with Copilot access; servers in CLI_URL have their own. Unused with user.",
  },
  ALLOWED_EGRESS: {
    purpose:
      "Addresses that are not public, or not https on port 443, and that model providers may have all the same.",
    where:
      "Ranges and hosts, with a port where only that is meant, e.g. 10.20.0.0/16:11434,ollama.internal; empty: none.",
  },
  HTTPS_PROXY: {
    purpose: "The company's own proxy, through which CLI servers that Flightdeck starts reach the internet.",
    where: "http://[name:password@]host:port; unset: directly. What ALLOWED_EGRESS opens is called directly.",
  },
  DEFAULT_MODEL: {
    purpose: "Model of a session that has not chosen one.",
    where: "A model id as in the model picker; empty: the first model GitHub offers.",
  },
  MAX_TURNS_PER_SERVER: {
    purpose: "Turns that one CLI server runs at once; more wait in the queue.",
    where: "Default 20, for a server on 2 cores; one that is overloaded makes everybody slower.",
  },
  MAX_TURNS_PER_PERSON: {
    purpose: "Turns that one person runs at once, over all sessions; more wait in the queue.",
    where: "Default 5.",
  },
  MAX_SESSIONS_PER_SERVER: {
    purpose:
      "Sessions that one CLI server keeps in memory; those idle for longest leave it until their next prompt.",
    where: "Default 200; each takes 2.5 to 3.5 MB of the server's memory.",
  },
  MAX_QUEUED_TURNS: {
    purpose: "Turns that wait, of everybody; further prompts are refused with 503 and Retry-After.",
    where: "Default 200.",
  },
  MAX_QUEUED_TURNS_PER_PERSON: {
    purpose:
      "Turns that wait, of one person; further prompts of this person are refused with 429 and Retry-After.",
    where: "Default 20.",
  },
  MAX_TURNS_PER_TOKEN: {
    purpose: "Turns that run and wait, sent with one API token; further ones are refused likewise.",
    where: "Default 20. They count for the token's owner too, as everything below does.",
  },
  MAX_REQUESTS_PER_PERSON: {
    purpose:
      "Requests of one person in a minute, of their browsers and programs together; more are refused with 429.",
    where: "Default 6000.",
  },
  MAX_REQUESTS_PER_TOKEN: {
    purpose: "Requests with one API token in a minute.",
    where: "Default 3000.",
  },
  MAX_STREAMS_PER_PERSON: {
    purpose: "Event streams that one person has open at once; each tab with a session has one.",
    where: "Default 200.",
  },
  MAX_STREAMS_PER_TOKEN: {
    purpose: "Event streams that are open at once with one API token.",
    where: "Default 100.",
  },
  MAX_STORED_SESSIONS_PER_PERSON: {
    purpose:
      "Sessions that one person has stored, archived ones too; they make no more until some are deleted.",
    where: "Default 20000. Background jobs make theirs in any case.",
  },
  MAX_STORED_SESSIONS_PER_TOKEN: {
    purpose: "Stored sessions that were made with one API token.",
    where: "Default 10000.",
  },
  MAX_JOBS_PER_PROCESS: {
    purpose:
      "Background jobs that one process carries at once; while their turns run it only waits for them.",
    where: "Default 50.",
  },
  MAX_JOBS_PER_PERSON: {
    purpose: "Background jobs that one person has running at once, over all processes; more wait.",
    where: "Default 3. Below MAX_TURNS_PER_PERSON there is always room for prompts sent by hand.",
  },
  MAX_QUEUED_JOBS_PER_PERSON: {
    purpose: "Background jobs that wait, of one person; further ones are refused with 503 and Retry-After.",
    where: "Default 10000.",
  },
  DRAIN_SECONDS: {
    purpose:
      "How long running turns may go on after SIGTERM; longer ones are taken up elsewhere or at the next start.",
    where:
      "Default 20. Give the process 15 seconds more before it is killed (stop_grace_period, TimeoutStopSec).",
  },
  CLEANUP_AT: {
    purpose: "When the clean-up deletes what its rules say, once a day; they are made on the page Clean-up.",
    where: "HH:MM, in UTC; default 03:30.",
  },
  FLIGHTDECK_ROLE: {
    purpose: "What this process does: serve requests (web), run turns (worker), or both.",
    where: "Default all; any number of processes of each role share one database and one set of CLI servers.",
  },
  FLIGHTDECK_DEMO: {
    purpose: "Allows the stand-in for GitHub on loopback; binds the app to loopback and shows a banner.",
    where: "1 is set by `npm run demo`; never set it on a real server.",
  },
};
