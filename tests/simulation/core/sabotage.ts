/** A way to break the world on purpose, so that a check is seen to fail. */
export type Sabotage =
  /** The database takes every writer, whatever its fence. */
  | "skip the fence"
  /** An acknowledged prompt is not stored. */
  | "lose an insert"
  /** The unique index on idempotency keys is not there. */
  | "forget the keys"
  /** The end of a turn is answered with yes and not stored. */
  | "leave a turn running"
  /** The row of a turn says something else than its `turn.ended`. */
  | "end a row otherwise"
  /** A row of the log is changed after it was stored. */
  | "rewrite an event"
  /** A stored answer is not what the model said. */
  | "spoil a text"
  /** A CLI server takes a prompt twice. */
  | "take a prompt twice"
  /** The journal of a session keeps a prompt that was forgotten. */
  | "forget nothing"
  /** A session is asked with another person's token. */
  | "swap a token"
  /** A watcher is not given one event. */
  | "drop an event"
  /** A watcher is given one event twice. */
  | "repeat an event"
  /** A prompt is not taken for a reason that does not pass. */
  | "refuse a prompt"
  /** A turn fails for a reason that helps nobody. */
  | "fail without a word"
  /** A rejection that nobody handles. */
  | "reject unheard";
