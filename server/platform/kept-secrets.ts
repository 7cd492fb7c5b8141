import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

/** Secrets that are generated once and kept. */
const GENERATED = {
  NEXTAUTH_SECRET: () => randomBytes(33).toString("base64"),
  ENCRYPTION_KEYS: () => `k1:${randomBytes(32).toString("base64")}`,
} as const;

type KeptSecrets = Partial<Record<keyof typeof GENERATED, string>>;

async function read(file: string): Promise<KeptSecrets> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as KeptSecrets;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new Error(`${file} cannot be read. Restore it from a backup: sealed tokens need its keys.`, {
      cause: error,
    });
  }
}

/** Fills what `source` leaves unset of NEXTAUTH_SECRET and ENCRYPTION_KEYS from `<dataDir>/secrets.json` (mode
 *  0600), generating each value on first use. Several replicas must set them instead: each has its own folder. */
export async function withKeptSecrets(
  source: Record<string, string | undefined>,
  dataDir: string,
): Promise<Record<string, string | undefined>> {
  const missing = (Object.keys(GENERATED) as (keyof typeof GENERATED)[]).filter(
    (name) => !source[name]?.trim(),
  );
  if (missing.length === 0) return source;
  const file = path.join(dataDir, "secrets.json");
  const kept = await read(file);
  const fresh = missing.filter((name) => kept[name] === undefined);
  for (const name of fresh) kept[name] = GENERATED[name]();
  if (fresh.length > 0) {
    await mkdir(dataDir, { recursive: true });
    await writeFile(file, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 });
  }
  return { ...source, ...Object.fromEntries(missing.map((name) => [name, kept[name]])) };
}
