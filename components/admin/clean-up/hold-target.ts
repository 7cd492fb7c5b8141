const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

/** The id in what somebody pasted, which may be the address of a session's page; null where there is none. */
export const idIn = (text: string): string | null => UUID.exec(text)?.[0].toLowerCase() ?? null;
