import type { Socket } from "node:net";

/** One direction of a connection. */
export type Pump = {
  /** Passes on `bytes` more bytes, then destroys both sockets. */
  limit(bytes: number): void;
  /** Holds everything back for `ms`. */
  stall(ms: number): void;
};

type Held = { piece: Buffer | "end" | "close"; dueAt: number };

/** More than this held back, and the sender has to wait. */
const HELD_BYTES_MAX = 1_048_576;

/** Passes on what `from` sends to `to`, in order, each piece `latencyMs` after it came; at its end, the end.
 *  Where `from` ends by an error, `to` is reset at once. */
export function pump(from: Socket, to: Socket, faults: { latencyMs: number }): Pump {
  const held: Held[] = [];
  let heldBytes = 0;
  let heldUntil = 0;
  let left = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  function deliver({ piece }: Held): void {
    if (piece === "end") return void to.end();
    if (piece === "close") return void to.destroySoon();
    heldBytes -= piece.length;
    if (to.destroyed || to.writableEnded) return;
    if (piece.length >= left) {
      // The bytes before the cut have to be on their way before the socket goes.
      to.write(piece.subarray(0, left), () => {
        from.destroy();
        to.destroy();
      });
      left = 0;
      return;
    }
    left -= piece.length;
    to.write(piece);
  }
  function flush(): void {
    timer = undefined;
    for (let next = held[0]; next; next = held[0]) {
      const waitMs = Math.max(next.dueAt, heldUntil) - performance.now();
      if (waitMs > 0) {
        timer = setTimeout(flush, waitMs);
        return;
      }
      held.shift();
      deliver(next);
    }
    if (!from.destroyed && heldBytes < HELD_BYTES_MAX && !to.writableNeedDrain) from.resume();
  }
  function take(piece: Held["piece"]): void {
    if (typeof piece !== "string") heldBytes += piece.length;
    held.push({ piece, dueAt: performance.now() + faults.latencyMs });
    if (timer === undefined) flush();
    if (heldBytes >= HELD_BYTES_MAX || to.writableNeedDrain) from.pause();
  }
  from.on("data", take);
  from.once("end", () => take("end"));
  from.once("close", () => take("close"));
  from.on("error", () => {
    clearTimeout(timer);
    to.resetAndDestroy();
  });
  to.on("drain", () => {
    if (timer === undefined) flush();
  });
  return {
    limit(bytes) {
      left = bytes;
    },
    stall(ms) {
      heldUntil = performance.now() + ms;
    },
  };
}
