import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom } from "@/bench/random";
import { openSession, type Person, type Session, send } from "./client";
import type { History } from "./history";
import type { ChaosStack } from "./stack";
import { startWatcher, type Watcher } from "./watcher";

/** A steady load: in each lane one turn after the other, each watched. */
export type Lanes = {
  watchers: Watcher[];
  sessions: Session[];
  /** Lets running turns end, and waits until every watcher has seen what there is. */
  finish(): Promise<void>;
};

export type LaneOptions = {
  stack: ChaosStack;
  history: History;
  people: Person[];
  seed: number;
  /** Turns at once. */
  lanes: number;
  /** Tokens of an answer, from and to. */
  tokens: [number, number];
  /** Tokens a second. */
  rate: number;
  /** Which process of the app a prompt is sent to. */
  sendTo(lane: number): number;
};

/** Nothing that a run does to a turn takes longer than this; a turn that takes longer counts as stuck. */
const TURN_MAX_MS = 120_000;
/** Lanes begin this far apart, so that their turns are at different places when a fault comes. */
const START_APART_MS = 50;

/** Turns of a session, after which its lane begins another: the CLI takes the longer to resume a conversation, and to ask
 *  the model, the longer that is (with 300 turns each, 20 sessions took 6.7 s instead of 2.3 s at the median). */
const SESSION_TURNS = 20;

/** Starts the load; resolves when every lane has its first session. A session is watched by one watcher, which turns to
 *  the process of the app with its lane's number. */
export async function startLanes(options: LaneOptions): Promise<Lanes> {
  const { stack, history, people, seed, lanes, tokens, rate, sendTo } = options;
  const [fewest, most] = tokens;
  const watchers: Watcher[] = [];
  const sessions: Session[] = [];
  const running: Promise<void>[] = [];
  let finishing = false;

  type Conversation = { session: Session; watcher: Watcher };

  async function open(lane: number): Promise<Conversation> {
    const session = await openSession(people[lane % people.length] as Person, sendTo(lane));
    const watcher = startWatcher({ stack, history, session, app: lane % stack.apps.length });
    sessions.push(session);
    watchers.push(watcher);
    return { session, watcher };
  }

  async function drive(lane: number, first: Conversation): Promise<void> {
    // Of its own, so that a lane does the same again whatever the others do meanwhile.
    const random = seededRandom(seed + lane);
    let { session, watcher } = first;
    for (let turn = 0; !finishing; turn++) {
      if (turn > 0 && turn % SESSION_TURNS === 0) {
        watcher.close();
        ({ session, watcher } = await open(lane));
      }
      const key = `${session.id.slice(0, 8)}x${turn}`;
      const length = fewest + Math.floor(random() * (most - fewest + 1));
      const app = sendTo(lane) % stack.apps.length;
      const { turnId } = await send(history, session, { key, tokens: length, rate, app });
      if (!(await watcher.ended(turnId, TURN_MAX_MS))) return;
    }
  }

  for (let lane = 0; lane < lanes; lane++) {
    running.push(drive(lane, await open(lane)));
    await sleep(START_APART_MS);
  }
  // A prompt that nobody took is in the history; the lane ends with it.
  for (const lane of running) lane.catch(() => {});
  return {
    watchers,
    sessions,
    async finish() {
      finishing = true;
      await Promise.allSettled(running);
    },
  };
}
