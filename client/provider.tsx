"use client";

import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { clientErrorOf, isSignedOut } from "./errors";
import { newIdempotencyKey } from "./new-key";
import { createPromptOutbox, type PromptOutbox } from "./prompts/prompt-outbox";
import { redirectToSignIn } from "./sign-in-redirect";
import { createBrowserTrpc, type FlightdeckTrpc, TRPCProvider } from "./trpc";
import { createWatchRegistry, type WatchRegistry } from "./watch/watch-registry";

const QUERY_STALE_MS = 15_000;
const QUERY_RETRIES_MAX = 3;

type BrowserClient = {
  trpc: FlightdeckTrpc;
  queries: QueryClient;
  watches: WatchRegistry;
  outbox: PromptOutbox;
};

const BrowserClientContext = createContext<BrowserClient | null>(null);

function createBrowserClient(): BrowserClient {
  const onError = (error: unknown) => {
    if (isSignedOut(error)) redirectToSignIn();
  };
  const trpc = createBrowserTrpc();
  const queries = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: QUERY_STALE_MS,
        retry: (failures, error) => failures < QUERY_RETRIES_MAX && clientErrorOf(error).retryable,
      },
    },
  });
  const outbox = createPromptOutbox({
    send: async (input) => {
      try {
        return await trpc.turns.send.mutate(input);
      } catch (error) {
        onError(error);
        throw error;
      }
    },
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    newKey: newIdempotencyKey,
  });
  return { trpc, queries, watches: createWatchRegistry(trpc), outbox };
}

// NextAuth extends a login, at most daily, only when it is asked about it.
function keepSignedIn(): void {
  void fetch("/api/auth/session").catch(() => {});
}

/** Everything the views need to talk to the server. One for the life of the tab. */
export function FlightdeckProvider({ children }: { children: ReactNode }) {
  const [client] = useState(createBrowserClient);
  useEffect(keepSignedIn, []);
  return (
    <BrowserClientContext value={client}>
      <QueryClientProvider client={client.queries}>
        <TRPCProvider trpcClient={client.trpc} queryClient={client.queries}>
          {children}
        </TRPCProvider>
      </QueryClientProvider>
    </BrowserClientContext>
  );
}

export function useBrowserClient(): BrowserClient {
  const client = useContext(BrowserClientContext);
  if (!client) throw new Error("useBrowserClient needs a FlightdeckProvider above it");
  return client;
}
