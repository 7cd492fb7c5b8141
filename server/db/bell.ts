import { Client } from "pg";
import type { Clock } from "@/server/platform/clock";
import type { Log } from "@/server/platform/log";
import { TAKE_PRESENCE } from "./presence";

/** One channel for everything: Postgres slows down with many. The payload names the ids that changed. */
const CHANNEL = "flightdeck";
const BETWEEN_IDS = ",";
/** Postgres takes 8,000 bytes a payload; no id has more than 60. */
const PAYLOAD_IDS_MAX = 100;
const RECONNECT_MS = 500;
/** A connection that broke is made again at once: while there is none, others do not see this process. */
const RECONNECT_FIRST_MS = 20;
/** After a connection broke, others may have lost theirs too, and are given this long to be seen again, and to renew
 *  their leases. */
const STEADY_AFTER_MS = 4_000;
/** Rings for other processes go out at most this often: a ring says "look", and one look finds everything. */
const NOTIFY_GAP_MS = 5;
/** What processes say to each other when they come and every `GREET_EVERY_MS`: where nobody else is, nothing is
 *  sent. An id is never this text. */
const GREETING = "hello";
const GREET_EVERY_MS = 3_000;
const PEER_FORGOTTEN_MS = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;

/** `remote`: rung by another process, so rows may be there that this one did not write itself. */
export type Ring = { remote: boolean };

/** Rings when something about an id (a topic) changed, in any process. A ring carries no data: whoever hears it reads rows.
 *  Rings can be lost while the database is away, so listeners also look by themselves now and then. */
export type Bell = {
  /** Calls `listener` for each ring of `id`; returns the unsubscribe function. */
  listen(id: string, listener: (ring: Ring) => void): () => void;
  /** Wakes the listeners of `id` in this process at once and in others through Postgres. Never throws. */
  ring(id: string): void;
  /** The same without this process. */
  ringOthers(id: string): void;
  /** Whether this process can tell who else is there: its own connection is open, and did not break just now. */
  isSteady(): boolean;
  /** Resolves when the connection is open for the first time. */
  ready: Promise<void>;
  /** Closes the connection; resolves when there is none any more, also none that was just being made. */
  stop(): Promise<void>;
};

type Options = { url: string; processId: string; clock: Clock; log: Log };

/** Opens the process's one LISTEN connection, and opens it again whenever it breaks. While it is open, other processes
 *  see that this one is there (`isPresentSql`). */
export function createBell({ url, processId, clock, log }: Options): Bell {
  const listeners = new Map<string, Set<(ring: Ring) => void>>();
  const stopping = new AbortController();
  let client: Client | undefined;
  let connections = 0;
  let openedAt = 0;
  let open = () => {};
  const ready = new Promise<void>((resolve) => {
    open = resolve;
  });
  /** When each other process, by its connection, was heard last. */
  const peers = new Map<number, number>();

  const wake = (id: string, ring: Ring) => {
    for (const listener of listeners.get(id) ?? []) listener(ring);
  };

  // One statement at a time on the connection; rings that come meanwhile go out together, once each.
  const outgoing = new Set<string>();
  let sending = false;
  async function send(): Promise<void> {
    sending = true;
    while (client && outgoing.size > 0) {
      const ids = [...outgoing];
      outgoing.clear();
      // Many ids a payload: each is a message of its own to every process, in Postgres and in the driver.
      const payloads: string[] = [];
      while (ids.length > 0) payloads.push(ids.splice(0, PAYLOAD_IDS_MAX).join(BETWEEN_IDS));
      await client
        .query("SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload", [CHANNEL, payloads])
        .catch(() => {});
      await clock.sleep(NOTIFY_GAP_MS, stopping.signal);
    }
    outgoing.clear();
    sending = false;
  }
  function notify(id: string): void {
    if (peers.size === 0 && id !== GREETING) return;
    outgoing.add(id);
    if (!sending) void send();
  }
  function hear(peer: number, payload: string): void {
    const isNew = !peers.has(peer);
    peers.set(peer, clock.monotonicMs());
    for (const id of payload.split(BETWEEN_IDS)) {
      if (id !== GREETING) wake(id, { remote: true });
      else if (isNew) notify(GREETING);
    }
  }
  async function greet(): Promise<void> {
    while (!stopping.signal.aborted) {
      for (const [peer, heardAt] of peers) {
        if (clock.monotonicMs() - heardAt > PEER_FORGOTTEN_MS) peers.delete(peer);
      }
      notify(GREETING);
      await clock.sleep(GREET_EVERY_MS, stopping.signal);
    }
  }

  async function connectOnce(): Promise<void> {
    const next = new Client({
      connectionString: url,
      keepAlive: true,
      application_name: "flightdeck-bell",
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    });
    const ended = new Promise<void>((resolve) => {
      next.once("end", resolve);
      next.on("error", () => resolve());
    });
    await next.connect();
    // This process's own rings come back too; they were delivered already.
    const { rows } = await next.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    const own = rows[0]?.pid;
    next.on("notification", (note) => {
      if (note.processId !== own && note.payload) hear(note.processId, note.payload);
    });
    // A NOTIFY is a transaction; a ring that is lost in a crash needs no wait for the disk.
    await next.query("SET synchronous_commit = off");
    await next.query(TAKE_PRESENCE, [processId]);
    await next.query(`LISTEN ${CHANNEL}`);
    // Where `stop` came while connecting there was nothing that it could close.
    if (stopping.signal.aborted) return next.end();
    client = next;
    connections += 1;
    openedAt = clock.monotonicMs();
    open();
    notify(GREETING);
    // Rings may have been missed while disconnected: wake everybody once.
    for (const id of [...listeners.keys()]) wake(id, { remote: true });
    await ended;
    client = undefined;
    await next.end().catch(() => {});
  }

  void greet();
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      const before = connections;
      await connectOnce().catch((error: unknown) => log.warn({ err: error }, "bell disconnected"));
      await clock.sleep(connections > before ? RECONNECT_FIRST_MS : RECONNECT_MS, stopping.signal);
    }
  })();

  return {
    listen(id, listener) {
      const set = listeners.get(id) ?? new Set();
      listeners.set(id, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0) listeners.delete(id);
      };
    },
    ring(id) {
      wake(id, { remote: false });
      notify(id);
    },
    ringOthers: notify,
    isSteady: () =>
      client !== undefined && (connections === 1 || clock.monotonicMs() - openedAt > STEADY_AFTER_MS),
    ready,
    async stop() {
      stopping.abort();
      await client?.end().catch(() => {});
      await loop;
    },
  };
}
