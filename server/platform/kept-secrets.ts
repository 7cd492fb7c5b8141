import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

/** Secrets that are generated once and kept. */
const GENERATED = {
  NEXTAUTH_SECRET: () => randomBytes(33).toString("base64"),
  ENCRYPTION_KEYS: () => `k1:${randomBytes(32).toString("base64")}`,
} as const;

type KeptSecrets = Partial<Record<keyof typeof GENERATED, string>>;

async function read(file: string): Promise<KeptSecrets | null> {
  try {
    const kept: unknown = JSON.parse(await readFile(file, "utf8"));
    if (typeof kept !== "object" || kept === null) throw new TypeError("is not an object");
    return kept;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new Error(`${file} cannot be read. Restore it from a backup: sealed tokens need its keys.`, {
      cause: error,
    });
  }
}

/** Writes the file as a whole or not at all. False where it `mustBeNew` and another process was faster. */
async function write(file: string, kept: KeptSecrets, mustBeNew: boolean): Promise<boolean> {
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  await mkdir(path.dirname(file), { recursive: true });
  try {
    await writeFile(draft, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600, flush: true });
    // Unlike a rename, a link does not replace what is there.
    if (mustBeNew) await link(draft, file);
    else await rename(draft, file);
    return true;
  } catch (error) {
    if (mustBeNew && (error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Fills what `source` leaves unset of NEXTAUTH_SECRET and ENCRYPTION_KEYS from `<dataDir>/secrets.json` (mode
 *  0600), generating each value on first use; processes that start at once on one folder agree. Several replicas
 *  must set them instead: each has its own folder. */
export async function withKeptSecrets(
  source: Record<string, string | undefined>,
  dataDir: string,
): Promise<Record<string, string | undefined>> {
  const missing = (Object.keys(GENERATED) as (keyof typeof GENERATED)[]).filter(
    (name) => !source[name]?.trim(),
  );
  if (missing.length === 0) return source;
  const file = path.join(dataDir, "secrets.json");
  for (;;) {
    const known = await read(file);
    const kept = known ?? {};
    const fresh = missing.filter((name) => kept[name] === undefined);
    for (const name of fresh) kept[name] = GENERATED[name]();
    // Lost the race to create it: what the other process keeps counts.
    if (fresh.length > 0 && !(await write(file, kept, known === null))) continue;
    return { ...source, ...Object.fromEntries(missing.map((name) => [name, kept[name]])) };
  }
}
