"use client";

/** Has the browser save a text as a file. */
export function download(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

/** The name of a file that says when it was made. */
export const datedName = (what: string, ending: string, now: Date): string =>
  `${what}-${now.toISOString().slice(0, 16).replace(":", "")}.${ending}`;
