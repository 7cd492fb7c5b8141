import type { WireApi } from "@/lib/contracts/providers";

/** Tokens that a test asks for: as few as each interface allows. */
export const TEST_TOKENS: Readonly<Record<WireApi, number>> = { completions: 1, responses: 16, messages: 1 };
