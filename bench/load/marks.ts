/** One event at one moment (milliseconds since the Unix epoch): event `seq` of stream `stream`. */
export type Moment = { stream: number; seq: number; atMs: number };

const FIELDS = 3;

/** Notes moments at next to no cost, for the processes whose own work is measured. */
export function createNotes(countMax: number) {
  const values = new Float64Array(countMax * FIELDS);
  let used = 0;
  return {
    add(stream: number, seq: number): void {
      values[used] = stream;
      values[used + 1] = seq;
      values[used + 2] = performance.timeOrigin + performance.now();
      used += FIELDS;
    },
    /** Everything since the last take. */
    take(): Float64Array {
      const taken = values.slice(0, used);
      used = 0;
      return taken;
    },
  };
}

const momentsIn = (notes: Float64Array): Moment[] =>
  Array.from({ length: notes.length / FIELDS }, (_, index) => {
    const [stream = 0, seq = 0, atMs = 0] = notes.subarray(index * FIELDS);
    return { stream, seq, atMs };
  });

/** Milliseconds from sending to receipt, for each event that was sent. Throws where an event was lost, came twice or
 *  out of order. */
export function delaysBetween(sent: Float64Array, received: Float64Array): number[] {
  const newest = new Map<number, number>();
  const receivedAt = new Map<string, number>();
  for (const { stream, seq, atMs } of momentsIn(received)) {
    const before = newest.get(stream) ?? 0;
    if (seq <= before) throw new Error(`Stream ${stream} got event ${seq} after event ${before}.`);
    newest.set(stream, seq);
    receivedAt.set(`${stream} ${seq}`, atMs);
  }
  return momentsIn(sent).map(({ stream, seq, atMs }) => {
    const receivedMs = receivedAt.get(`${stream} ${seq}`);
    if (receivedMs === undefined) throw new Error(`Stream ${stream} lacks event ${seq}.`);
    return receivedMs - atMs;
  });
}
