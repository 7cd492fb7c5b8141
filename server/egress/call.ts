import http from "node:http";
import { isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { Secret } from "@/server/platform/secret";
import type { Dialer } from "./dialer";
import { targetOfUrl } from "./rules";
import { ANSWER_BYTES_MAX, CALL_MAX_MS } from "./tunables";
import type { EgressAnswer, EgressCall, Target, Unreached } from "./types";

/** How far a call has come, which says what it failed by. */
type Stage = Extract<Unreached, "connect" | "tls" | "cut">;

/** A call that was given up because it took too long. */
const TOO_SLOW = "too slow";

const plainHeaders = (headers: EgressCall["headers"]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      value instanceof Secret ? value.use((plain) => plain) : value,
    ]),
  );

/** TLS on a connection that is there, with the certificate checked for the host's name. */
function secured(socket: Socket, { host }: Target): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const tls = connectTls({ socket, host, ...(isIP(host) === 0 && { servername: host }) });
    tls.once("error", reject);
    tls.once("secureConnect", () => {
      tls.off("error", reject);
      resolve(tls);
    });
  });
}

function exchange(
  socket: Socket,
  { url, headers, body }: EgressCall,
): Promise<{ status: number; body: string }> {
  const { host, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = http.request({
      createConnection: () => socket,
      method: "POST",
      path: `${pathname}${search}`,
      headers: {
        ...plainHeaders(headers),
        host,
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
        connection: "close",
      },
    });
    request.once("error", reject);
    request.once("response", (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= ANSWER_BYTES_MAX) chunks.push(chunk);
        else response.destroy(new Error("the answer is too long"));
      });
      response.once("error", reject);
      response.once("end", () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }),
      );
    });
    request.end(body);
  });
}

/** See `Egress.post`. */
export async function post(dialer: Dialer, call: EgressCall): Promise<EgressAnswer> {
  const target = targetOfUrl(call.url);
  if (!target) return { state: "refused", refusal: "malformed" };
  let stage: Stage = "connect";
  let open: Socket | undefined;
  let isOver = false;
  const converse = async (): Promise<EgressAnswer> => {
    const dialed = await dialer.dial(target);
    if (dialed.state !== "connected") return dialed;
    open = dialed.socket;
    if (isOver) {
      open.destroy();
      throw new Error(TOO_SLOW);
    }
    stage = "tls";
    const stream = target.secure ? await secured(dialed.socket, target) : dialed.socket;
    stage = "cut";
    return { state: "answered", ...(await exchange(stream, call)) };
  };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof TOO_SLOW>((resolve) => {
    timer = setTimeout(() => resolve(TOO_SLOW), CALL_MAX_MS);
  });
  const conversation = converse();
  try {
    const answer = await Promise.race([conversation, late]);
    return answer === TOO_SLOW ? { state: "unreached", why: "too_slow" } : answer;
  } catch {
    return { state: "unreached", why: stage };
  } finally {
    isOver = true;
    clearTimeout(timer);
    conversation.catch(() => {});
    open?.destroy();
  }
}
