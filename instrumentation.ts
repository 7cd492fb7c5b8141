/** Next calls this once, before the first request: the runtime boots here and not in somebody's request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { notePeers } = await import("@/server/runtime/peer");
  notePeers();
  const { getRuntime } = await import("@/server/runtime/runtime");
  await getRuntime();
}
