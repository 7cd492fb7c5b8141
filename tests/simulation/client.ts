import type { App, Life, Services } from "./app";
import { type Actor, clockOf } from "./core/actor";
import type { Random } from "./core/random";
import type { Trace } from "./core/trace";

/** Everybody who is not a process of the app: their clients are always there. */
export type Outside = { actor: Actor; apps: readonly App[]; random: Random; trace: Trace };

const CALL_MAX_MS = 10_000;
const NOTICE_MAX_MS = 50;

export const networkMs = (random: Random): number =>
  random.chance(0.03) ? random.spread(5, 500) : random.between(0.2, 5);

/** Resolves after `ms` of virtual time. */
export const pause = (outside: Outside, ms: number): Promise<void> => clockOf(outside.actor).sleep(ms);

export const connectionLost = (): Error => new Error("The connection was lost.");

/** Calls one process of the app over the network. Rejects where it is not there, dies meanwhile, or does not answer in
 *  time; then the call may have been done all the same. */
export function call<Answer>(
  { actor, random }: Outside,
  app: App,
  work: (services: Services) => Promise<Answer>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { life } = app;
    const services = life?.services;
    if (!life || !services) return actor.later(networkMs(random), () => reject(connectionLost()));
    actor.timer(CALL_MAX_MS, () => reject(new Error(`No answer within ${CALL_MAX_MS} ms.`)));
    onLoss({ actor, random }, life, () => reject(connectionLost()));
    life.client.actor.later(networkMs(random), () => {
      work(services).then(
        (answer) => actor.later(networkMs(random), () => resolve(answer)),
        (error: unknown) => actor.later(networkMs(random), () => reject(error)),
      );
    });
  });
}

/** Calls `tell` where the process of the other end dies, in a moment. */
export function onLoss(
  { actor, random }: Pick<Outside, "actor" | "random">,
  { gone }: Life,
  tell: () => void,
): void {
  const notice = () => actor.later(random.between(0, NOTICE_MAX_MS), tell);
  if (gone.signal.aborted) notice();
  else gone.signal.addEventListener("abort", notice, { once: true });
}
