"use client";

import { MessagePage } from "@/components/shell/message-page";

export default function ErrorPage({ reset }: { error: Error; reset(): void }) {
  return (
    <MessagePage
      title="Something went wrong on this page"
      text="Your sessions are safe on the server, and what you were writing is kept in this browser."
    >
      <button type="button" onClick={reset}>
        Try again
      </button>
    </MessagePage>
  );
}
