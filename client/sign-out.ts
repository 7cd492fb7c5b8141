/** Ends this browser's login on the server, then shows the sign-in page. Answers false where the server did not
 *  confirm it; the person is then still signed in. */
export async function signOut(): Promise<boolean> {
  try {
    const csrfToken = await fetchCsrfToken();
    const answer = await fetch("/api/auth/signout", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ csrfToken, callbackUrl: "/signin", json: "true" }),
    });
    if (!answer.ok) return false;
    window.location.assign("/signin?signedOut=1");
    return true;
  } catch {
    return false;
  }
}

/** The token that sign-in and sign-out forms carry. Rejects where the server does not answer. */
export async function fetchCsrfToken(): Promise<string> {
  const answer = await fetch("/api/auth/csrf", { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(`the csrf endpoint answered ${answer.status}`);
  const { csrfToken } = (await answer.json()) as { csrfToken: string };
  return csrfToken;
}
