import { Actor } from "../core/actor";
import type { Random } from "../core/random";
import type { Sabotage } from "../core/sabotage";
import type { Scheduler } from "../core/scheduler";
import type { Trace } from "../core/trace";
import { drawAnswer, type Said } from "./answer";
import type { CliEvent, Home } from "./home";
import type { Link } from "./link";

type Prompt = { text: string; source: string };
type Wanted = { sessionId: string; direction: string; max: number };
type Saying = Omit<Said, "afterMs">;
type Answering = { turn: string; said: Said[] };

/** A session in a server's memory. */
type Resident = {
  sessionId: string;
  /** Prompts of the conversation that the model is shown, by the event that has them. */
  prompts: { eventId: string; text: string }[];
  token: string | null;
  links: Set<Link>;
  answering: Answering | null;
  waiting: Prompt[];
};

export type CliParts = {
  scheduler: Scheduler;
  random: Random;
  trace: Trace;
  home: Home;
  sabotage: Sabotage | null;
};

const ABORT_MS = 40;
/** What the model said while its server stood still is there when that goes on. */
const ANSWERED_MEANWHILE = 0.5;

const idle = (data: Saying["data"]): Saying => ({ type: "session.idle", data, isKept: false });

const notFound = (sessionId: string) =>
  new Error(`Request failed with message: Session not found: ${sessionId}`);

/** One headless CLI server, as docs/copilot-cli.md describes it. A session is in its memory while at least one
 *  connection is attached; with the last one the session leaves, and the turn that it was answering is lost. */
export class CliServer {
  readonly id: string;
  readonly links = new Set<Link>();
  readonly #parts: CliParts;
  readonly #residents = new Map<string, Resident>();
  #actor: Actor;

  constructor(id: string, parts: CliParts) {
    this.id = id;
    this.#parts = parts;
    this.#actor = new Actor(parts.scheduler, parts.random);
  }

  get actor(): Actor {
    return this.#actor;
  }

  get isDown(): boolean {
    return this.#actor.isGone;
  }

  crash(): void {
    this.#actor.end();
    this.#residents.clear();
    for (const link of [...this.links]) link.loseSoon("socket closed");
    this.links.clear();
  }

  restart(): void {
    this.#actor = new Actor(this.#parts.scheduler, this.#parts.random);
  }

  /** It stands still; whoever is connected finds that out by pings. */
  hang(): void {
    this.#actor.standStill();
    for (const link of this.links) link.watchForSilence();
  }

  wake(): void {
    // It may find the whole answer before it finds out that nobody listens any more.
    for (const resident of this.#residents.values()) {
      const { answering } = resident;
      if (!answering || !this.#parts.random.chance(ANSWERED_MEANWHILE)) continue;
      for (const each of answering.said.splice(0)) this.#emit(resident, each);
      this.#finish(resident, answering);
    }
    this.#actor.goOn();
  }

  /** A connection is gone. */
  dropLink(link: Link): void {
    this.links.delete(link);
    for (const sessionId of [...this.#residents.keys()]) this.detach(link, sessionId);
  }

  create(link: Link, sessionId: string, token: string | null): void {
    if (this.#parts.home.journalOf(sessionId)) throw new Error(`session ${sessionId} is there already`);
    this.#attach(link, this.#residents.get(sessionId) ?? this.#load(sessionId), token);
  }

  resume(link: Link, sessionId: string, token: string | null): void {
    const resident = this.#residents.get(sessionId);
    if (!resident && !this.#parts.home.journalOf(sessionId)) throw notFound(sessionId);
    if (!resident && this.#parts.home.isBroken(sessionId)) {
      throw new Error("session resume failed: First event must be session.start or session.resume");
    }
    this.#attach(link, resident ?? this.#load(sessionId), token);
  }

  detach(link: Link, sessionId: string): void {
    const resident = this.#residents.get(sessionId);
    if (!resident?.links.delete(link) || resident.links.size > 0) return;
    this.#residents.delete(sessionId);
    if (resident.answering) this.#note(() => `drops turn ${resident.answering?.turn}`);
  }

  send(sessionId: string, prompt: Prompt): void {
    const resident = this.#residentOf(sessionId);
    if (resident.answering) resident.waiting.push(prompt);
    else this.#take(resident, prompt);
  }

  abort(sessionId: string): void {
    const resident = this.#residentOf(sessionId);
    if (!resident.answering) return;
    resident.answering = null;
    this.#actor.timer(this.#parts.random.between(1, ABORT_MS), () =>
      this.#emit(resident, idle({ aborted: true })),
    );
  }

  setToken(sessionId: string, token: string): void {
    this.#residentOf(sessionId).token = token;
  }

  hasActiveWork(sessionId: string): boolean {
    return this.#residentOf(sessionId).answering !== null;
  }

  persistedEvents({ sessionId, direction, max }: Wanted): CliEvent[] {
    const journal = this.#parts.home.journalOf(sessionId);
    if (!journal) throw new Error(`Persisted event journal is unavailable for session ${sessionId}`);
    return direction === "forward" ? journal.slice(0, max) : journal.slice(-max);
  }

  truncate(sessionId: string, eventId: string): void {
    const resident = this.#residentOf(sessionId);
    const index = resident.prompts.findIndex((prompt) => prompt.eventId === eventId);
    if (index >= 0) resident.prompts.splice(index);
    if (this.#parts.sabotage !== "forget nothing") this.#parts.home.cut(sessionId, eventId);
    this.#note(() => `forgets from ${eventId.slice(0, 8)} on`);
  }

  #residentOf(sessionId: string): Resident {
    const resident = this.#residents.get(sessionId);
    if (!resident) throw notFound(sessionId);
    return resident;
  }

  #load(sessionId: string): Resident {
    const journal = this.#parts.home.journalOf(sessionId) ?? [];
    const prompts = journal.flatMap(({ id, type, data }) =>
      type === "user.message" ? [{ eventId: id, text: String(data.content) }] : [],
    );
    return { sessionId, prompts, token: null, links: new Set(), answering: null, waiting: [] };
  }

  #attach(link: Link, resident: Resident, token: string | null): void {
    // Who hung up meanwhile is not attached.
    if (!this.links.has(link)) return;
    this.#residents.set(resident.sessionId, resident);
    resident.links.add(link);
    if (token !== null) resident.token = token;
    this.#note(() => `has ${resident.links.size} attached`);
  }

  #take(resident: Resident, { text, source }: Prompt): void {
    const { home, random, sabotage } = this.#parts;
    const { sessionId } = resident;
    const promptId = random.uuid();
    const data = { content: text, source, messageId: promptId };
    const event = { type: "user.message", data, isKept: true };
    for (let times = sabotage === "take a prompt twice" ? 2 : 1; times > 0; times--) {
      const { id } = this.#emit(resident, event);
      resident.prompts.push({ eventId: id, text });
    }
    const answering = { turn: source, said: drawAnswer(text, promptId, random) };
    resident.answering = answering;
    home.calls.push({
      ...{ sessionHint: home.originOf(sessionId), promptText: text, promptCount: resident.prompts.length },
      tokenLogin: sabotage === "swap a token" ? "somebody" : resident.token,
    });
    this.#note(() => `takes ${source}, prompt ${resident.prompts.length} of its conversation`);
    this.#goOn(resident, answering);
  }

  #goOn(resident: Resident, answering: Answering): void {
    const isCurrent = () =>
      resident.answering === answering && this.#residents.get(resident.sessionId) === resident;
    const afterMs = answering.said[0]?.afterMs ?? this.#parts.random.between(0, 20);
    this.#actor.timer(afterMs, () => {
      if (!isCurrent()) return;
      const next = answering.said.shift();
      if (!next) return this.#finish(resident, answering);
      this.#emit(resident, next);
      this.#goOn(resident, answering);
    });
  }

  #finish(resident: Resident, { turn }: Answering): void {
    resident.answering = null;
    this.#note(() => `is idle after ${turn}`);
    this.#emit(resident, idle({}));
    const next = resident.waiting.shift();
    if (next) this.#take(resident, next);
  }

  #emit(resident: Resident, { type, data, isKept }: Saying): CliEvent {
    const { home, random } = this.#parts;
    const event = { id: isKept ? random.uuid() : "", type, data };
    if (isKept) home.write(resident.sessionId, event);
    for (const link of resident.links) link.tell(resident.sessionId, event);
    return event;
  }

  #note(what: () => string): void {
    this.#parts.trace.note(() => `${this.id} ${what()}`);
  }
}
