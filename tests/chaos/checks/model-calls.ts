import type { Evidence, FinalLog } from "../history";
import type { Violation } from "./violation";

/** The conversation that the model is shown holds each prompt once: with the nth prompt of a session it sees n of
 *  people's prompts, and fewer only where an earlier turn did not succeed or the loss was announced. */
export function checkAskedOnce({ logs, calls }: Evidence): Violation[] {
  const places = new Map(logs.flatMap(placesOf));
  return calls.flatMap(({ promptText, promptCount }) => {
    const known = places.get(promptText);
    if (!known || promptCount === known.place) return [];
    if (promptCount < known.place && known.mayForget) return [];
    const detail = `the model saw ${promptCount} prompts with "${promptText}", which is number ${known.place}`;
    return [{ check: "asked-once" as const, sessionId: known.sessionId, detail }];
  });
}

function placesOf({ sessionId, events }: FinalLog) {
  const mayForget = events.some(
    (event) =>
      (event.type === "turn.ended" && event.data.outcome !== "succeeded") ||
      (event.type === "turn.notice" && event.data.code === "memory_lost"),
  );
  const prompts = events.flatMap((event) => (event.type === "user.message" ? [event.data.content] : []));
  return prompts.map((prompt, index) => [prompt, { sessionId, place: index + 1, mayForget }] as const);
}

/** Every call for a prompt carries the token of the person who owns its session. */
export function checkIdentity({ history, calls }: Evidence): Violation[] {
  const owners = new Map(history.sends.map(({ prompt, login, sessionId }) => [prompt, { login, sessionId }]));
  return calls.flatMap(({ promptText, tokenLogin }) => {
    const owner = owners.get(promptText);
    return owner === undefined || owner.login === tokenLogin
      ? []
      : [
          {
            check: "identity" as const,
            sessionId: owner.sessionId,
            detail: `"${promptText}" of ${owner.login} was asked as ${tokenLogin}`,
          },
        ];
  });
}
