import { openSession, type Person, sendOnce } from "../client";
import { exactly, type Scenario } from "../scenario";
import { startWatcher } from "../watcher";

const CALLERS = 50;
const SESSIONS = 10;
const TURN_MAX_MS = 30_000;

export const sameKey: Scenario = {
  name: "same-key",
  fault: `The same idempotency key by ${CALLERS} callers at once, over two processes`,
  faults: { full: 500, short: 5 },
  async run(run) {
    const { stack, history, people, faults } = run;
    const person = people[0] as Person;
    const watchers = [];
    for (let index = 0; index < Math.min(SESSIONS, faults); index++) {
      const session = await openSession(person, index);
      watchers.push(startWatcher({ stack, history, session, app: index % stack.apps.length }));
    }
    let refused = 0;
    for (let done = 0; done < faults; done++) {
      const watcher = watchers[done % watchers.length];
      if (!watcher) break;
      const { session } = watcher;
      const prompt = { key: `${session.id.slice(0, 8)}k${done}`, tokens: 3, rate: 0 };
      const answers = await Promise.allSettled(
        Array.from({ length: CALLERS }, (_, app) => sendOnce(history, session, { ...prompt, app })),
      );
      const answered = answers.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
      refused += CALLERS - answered.length;
      if (answered[0]) await watcher.ended(answered[0].turnId, TURN_MAX_MS);
      run.progress(done + 1);
    }
    const turns = new Set(history.sends.flatMap(({ answer }) => answer?.turnId ?? []));
    return {
      watchers,
      sessions: watchers.map(({ session }) => session),
      figures: [exactly("turns", turns.size, faults), exactly("callers without an answer", refused, 0)],
    };
  },
};
