import type { MessageOptions } from "@github/copilot-sdk";

const PREFIX = "turn:";

/** What the journal keeps with a prompt as its `source`, so that it can be found again. The SDK's type names other
 *  values; CLI 1.0.85 keeps any text, and asks the model just as without it. */
export const sourceOf = (turnId: string) => `${PREFIX}${turnId}` as NonNullable<MessageOptions["source"]>;

/** The turn that a prompt's `source` names; null for a prompt that was not sent by Flightdeck. */
export const turnOf = (source: string | undefined): string | null =>
  source?.startsWith(PREFIX) ? source.slice(PREFIX.length) : null;
