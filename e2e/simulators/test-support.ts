/** Posts JSON. `init` may add headers and a signal. */
export function postJson(
  url: string,
  body: object,
  init: { headers?: Record<string, string>; signal?: AbortSignal } = {},
) {
  return fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...init.headers },
    body: JSON.stringify(body),
    signal: init.signal,
  });
}

/** The pieces of text in a stream of chat completions, in order. */
export function chatDeltas(stream: string): string[] {
  const chunks = stream
    .split("\n\n")
    .filter((event) => event.startsWith("data: {"))
    .map(
      (event) => JSON.parse(event.slice("data: ".length)) as { choices: { delta: { content?: string } }[] },
    );
  return chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta.content ?? "")).filter(Boolean);
}
