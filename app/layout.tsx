import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { ThemeProvider } from "@/components/shell/theme-provider";
import "./globals.css";

// Who is signed in and whether this is the demo are known when a page is asked for, not when the app is built.
export const dynamic = "force-dynamic";

export const metadata: Metadata = {
  title: "Flightdeck",
  description: "GitHub Copilot sessions for your team.",
  robots: { index: false, follow: false },
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  interactiveWidget: "resizes-content",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#fcfdfe" },
    { media: "(prefers-color-scheme: dark)", color: "#10151c" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  // The Content-Security-Policy lets an inline script run only with the nonce of its page.
  const nonce = (await headers()).get("x-nonce") ?? undefined;
  return (
    // The theme's class is set before the first paint, by a script, so the server's markup differs there.
    <html lang="en" suppressHydrationWarning>
      <body>
        <ThemeProvider nonce={nonce}>{children}</ThemeProvider>
      </body>
    </html>
  );
}
