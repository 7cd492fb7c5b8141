import type { Pids } from "./control-server";
import type { GatedAddresses } from "./gated-stack";

function address(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; journeys run by \`npm run test:e2e\`.`);
  return value;
}

async function control<Answer = unknown>(action: string): Promise<Answer> {
  const response = await fetch(`${address("FLIGHTDECK_E2E_CONTROL")}/${action}`, { method: "POST" });
  const body = (await response.json()) as Answer & { error?: string };
  if (!response.ok) throw new Error(`${action}: ${body.error}`);
  return body;
}

/** The running product, as a journey sees it: where its parts are, and how to break them. */
export const stack = {
  appUrl: () => address("FLIGHTDECK_E2E_URL"),
  githubUrl: () => address("FLIGHTDECK_E2E_GITHUB"),
  databaseUrl: () => address("FLIGHTDECK_E2E_DATABASE"),
  modelUrl: () => address("FLIGHTDECK_E2E_MODEL"),
  pids: () => control<Pids>("pids"),
  /** Ends the app as a crash would; nothing starts it again but `restartApp`. */
  killApp: () => control("app/kill"),
  /** Stops the app in order where it runs, starts it, and resolves when it is ready. */
  restartApp: () => control("app/restart"),
  restartPostgres: () => control("postgres/restart"),
  /** The stand-ins forget their tokens: people have to sign in again. */
  restartSimulators: () => control("simulators/restart"),
  /** A second product with its own data that admits mona (ALLOWED_LOGINS), and the team octo-org/support as auditors
   *  (GITHUB_ROLE_MAP), and asks Copilot as hubot for everybody (COPILOT_IDENTITY). */
  startGated: () => control<GatedAddresses>("gated/start"),
  /** Has it look within seconds who is in which organisation and team by now. */
  rereadGated: () => control("gated/reread"),
  /** Ends the headless CLI server as a crash would; the app starts another. */
  killCli: () => control("cli/kill"),
};
