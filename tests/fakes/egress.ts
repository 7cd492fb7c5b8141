import type { Egress, EgressAnswer, EgressCall, Refusal } from "@/server/egress/types";

/** An egress to which every address is open, and at which nobody answers. */
export const OPEN_EGRESS: Egress = {
  check: async () => null,
  post: async () => ({ state: "unreached", why: "connect" }),
};

export type FakeEgress = Egress & {
  /** What it answers to a call. */
  answer: EgressAnswer;
  /** The addresses that it refuses, and why. */
  closed: Map<string, Refusal>;
  calls: EgressCall[];
};

/** An egress as scriptable as a test needs. */
export function createFakeEgress(): FakeEgress {
  const fake: FakeEgress = {
    answer: { state: "answered", status: 200, body: JSON.stringify({ choices: [] }) },
    closed: new Map(),
    calls: [],
    check: async (url) => fake.closed.get(url) ?? null,
    async post(call) {
      fake.calls.push(call);
      return fake.answer;
    },
  };
  return fake;
}
