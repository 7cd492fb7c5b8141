import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseEncryptionKeys } from "./encryption-keys";
import { withKeptSecrets } from "./kept-secrets";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(tmpdir(), "flightdeck-secrets-")), "data");
  file = path.join(folder, "secrets.json");
});
afterEach(() => rm(path.dirname(folder), { recursive: true, force: true }));

describe("kept secrets", () => {
  it("are generated once and the same ever after", async () => {
    const first = await withKeptSecrets({ OTHER: "x" }, folder);
    expect(parseEncryptionKeys(first.ENCRYPTION_KEYS ?? "").ok).toBe(true);
    expect(first.NEXTAUTH_SECRET?.length).toBeGreaterThanOrEqual(32);
    expect(first.OTHER).toBe("x");
    expect(await withKeptSecrets({ OTHER: "x" }, folder)).toEqual(first);
  });

  it("can be read by their owner only, also after one was added", async () => {
    await withKeptSecrets({ NEXTAUTH_SECRET: "set" }, folder);
    expect(((await stat(file)).mode & 0o777).toString(8)).toBe("600");
    await chmod(file, 0o644);
    await withKeptSecrets({}, folder);
    expect(((await stat(file)).mode & 0o777).toString(8)).toBe("600");
    expect(await readdir(folder)).toEqual(["secrets.json"]);
  });

  it("do not replace what is set, and are not written where all is set", async () => {
    const set = { NEXTAUTH_SECRET: "mine", ENCRYPTION_KEYS: "k:mine" };
    expect(await withKeptSecrets(set, folder)).toEqual(set);
    await expect(stat(folder)).rejects.toThrow();
    expect((await withKeptSecrets({ ...set, NEXTAUTH_SECRET: " " }, folder)).ENCRYPTION_KEYS).toBe("k:mine");
  });

  it("stay when one of them is generated later", async () => {
    const first = await withKeptSecrets({ NEXTAUTH_SECRET: "set" }, folder);
    const later = await withKeptSecrets({}, folder);
    expect(later.ENCRYPTION_KEYS).toBe(first.ENCRYPTION_KEYS);
    expect(later.NEXTAUTH_SECRET).not.toBe("set");
  });

  it("are the same for processes that start at once", async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => withKeptSecrets({}, folder)));
    expect(new Set(all.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(JSON.parse(await readFile(file, "utf8"))).toEqual(all[0]);
  });

  it.each(["", "{", "null", '"text"'])(
    "in a file that is broken (%j) are never replaced by new ones",
    async (text) => {
      await withKeptSecrets({}, folder);
      await writeFile(file, text);
      await expect(withKeptSecrets({}, folder)).rejects.toThrow(/secrets\.json cannot be read/);
      expect(await readFile(file, "utf8")).toBe(text);
    },
  );
});
