"use client";

type ToastOptions = { action?: { label: string; onClick(): void } };

/** Shows a short message at the bottom of the page. What draws it is loaded with the first message. */
export function toast(message: string, options: ToastOptions = {}): void {
  void import("./toaster").then(({ showToast }) => showToast("plain", message, options)).catch(() => {});
}

/** The same, for something that did not work. */
export function toastError(message: string): void {
  void import("./toaster").then(({ showToast }) => showToast("error", message, {})).catch(() => {});
}
