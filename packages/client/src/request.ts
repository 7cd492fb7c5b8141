import { aborted, FlightdeckError, unexpectedAnswer, unreachable } from "./error.js";

/** As much of the global `fetch` as is used. */
export type Fetch = (address: string, init: RequestInit) => Promise<Response>;

type Deps = { token: string; fetch: Fetch };

/** One request with the token. Resolves with an answer whose content type is one of `types`, whatever its status.
 *  Rejects with `unreachable`, `unexpected_answer`, or, where `init.signal` is the reason, `aborted`. */
export type Request = (address: string, init: RequestInit, types: readonly string[]) => Promise<Response>;

const typeOf = ({ headers }: Response) => headers.get("content-type")?.split(";")[0]?.trim() ?? "";

export function createRequest({ token, fetch }: Deps): Request {
  async function answerTo(address: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${token}`);
    try {
      return await fetch(address, { ...init, headers });
    } catch (cause) {
      if (cause instanceof FlightdeckError) throw cause;
      throw init.signal?.aborted ? aborted(cause) : unreachable(cause);
    }
  }

  return async (address, init, types) => {
    const response = await answerTo(address, init);
    if (types.includes(typeOf(response))) return response;
    await response.body?.cancel();
    throw unexpectedAnswer(response);
  };
}
