"use client";

const SCRIPT = "document.currentScript.previousElementSibling.scrollTop = 1e9";

/** Scrolls what stands before it to its end while the page is still being read, so that a conversation sent along
 *  with the page is first seen at its end. In a view drawn later by script it does nothing. */
export function StartAtEnd({ nonce }: { nonce: string | undefined }) {
  return (
    <script
      nonce={nonce}
      suppressHydrationWarning
      // biome-ignore lint/security/noDangerouslySetInnerHtml: a constant
      dangerouslySetInnerHTML={{ __html: SCRIPT }}
    />
  );
}
