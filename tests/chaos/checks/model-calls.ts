import type { Evidence, FinalLog } from "../history";
import type { Violation } from "./violation";

/** The conversation that the model is shown holds each prompt once: with the nth prompt of a session it sees n of
 *  people's prompts. It sees fewer only after a turn that did not succeed, and from the turn on in which the loss was
 *  announced: also where it is told the conversation beside the new one, as it is after its memory was rebuilt. */
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

const LOSSES = ["memory_lost", "memory_rebuilt"];

function placesOf({ sessionId, events }: FinalLog) {
  const prompts = events.flatMap((event) =>
    event.type === "user.message" ? [{ turnId: event.turnId, content: event.data.content }] : [],
  );
  const placeOf = new Map(prompts.map(({ turnId }, index) => [turnId, index + 1]));
  const forgottenFrom = events.flatMap((event) => {
    const place = placeOf.get(event.turnId) ?? Number.POSITIVE_INFINITY;
    if (event.type === "turn.ended" && event.data.outcome !== "succeeded") return [place + 1];
    return event.type === "turn.notice" && LOSSES.includes(event.data.code) ? [place] : [];
  });
  const first = Math.min(...forgottenFrom);
  return prompts.map(({ content }, index) => {
    const place = index + 1;
    return [content, { sessionId, place, mayForget: place >= first }] as const;
  });
}

/** Every call for a prompt or in a session carries the token of the person whose it is. */
export function checkIdentity({ history, logs, calls }: Evidence): Violation[] {
  const byPrompt = new Map(history.sends.map((send) => [send.prompt, send]));
  const bySession = new Map(logs.map((log) => [log.sessionId, log]));
  return calls.flatMap(({ promptText, tokenLogin, sessionHint }) => {
    const owner = byPrompt.get(promptText) ?? bySession.get(sessionHint ?? "");
    if (owner === undefined || owner.login === tokenLogin) return [];
    const { sessionId, login } = owner;
    const detail = `"${promptText}" of ${login} was asked as ${tokenLogin}`;
    return [{ check: "identity" as const, sessionId, detail }];
  });
}
