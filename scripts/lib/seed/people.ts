import { people as standIns } from "@/e2e/simulators/github/people";

export type SeedPerson = {
  /** GitHub's id of the account: signing in with it finds the person. */
  githubId: string;
  login: string;
  name: string;
  role: "user" | "auditor" | "admin";
  /** `gone`: shut out by an administrator; `silent`: signed in once, and never came back. */
  state: "present" | "gone" | "silent";
  /** How long they had been there on the first day of the range. */
  joinedMs: number;
  /** How much of all work is theirs, beside that of others. */
  weight: number;
};

const ADMINS = 3;
const AUDITORS = 5;
const JOINED_MAX_MS = 300 * 86_400_000;
const GONE_SHARE = 0.04;
const SILENT_SHARE = 0.05;
/** Beyond those of the stand-in, and of no real person: GitHub's own ids are below. */
const FIRST_GITHUB_ID = 900_000_000;

const GIVEN =
  "Amara Anika Aisha Bela Bruno Carla Chen Clara Dana Dario Elena Emil Farah Felix Grace Hana Hugo Ines Ivan Jana Jonas Kaito Karim Lara Leon Lina Luis Maja Marco Mei Milan Nadia Nils Noor Olga Omar Paula Priya Rafael Rosa Samir Sofia Tariq Tessa Uma Victor Wanda Yusuf Zoe Zofia".split(
    " ",
  );
const FAMILY =
  "Abbott Achterberg Almeida Baker Bauer Berg Cohen Costa Diaz Eriksen Fischer Fontaine Garcia Haddad Hansen Hughes Ito Jansen Kaur Keller Kim Kovacs Lange Lopez Mancini Meyer Moreau Nakamura Novak Okafor Olsen Park Patel Peeters Petrov Quist Rahman Ricci Rossi Sato Schmidt Silva Singh Tanaka Torres Vogel Walker Wang Weber Zhou".split(
    " ",
  );

const roleOf = (n: number): SeedPerson["role"] =>
  n < ADMINS ? "admin" : n < ADMINS + AUDITORS ? "auditor" : "user";

const joinedMsOf = (random: () => number): number => Math.ceil(random() * JOINED_MAX_MS);

/** A few do much, many do a little. */
const weightOf = (random: () => number): number => 0.2 + 4 * random() ** 4;

/** So many people with names of their own. The stand-in's people are the first of them; the first is an administrator. */
export function makePeople(count: number, random: () => number): SeedPerson[] {
  const known = standIns.map(({ id, login, name }) => ({ githubId: String(id), login, name }));
  const taken = new Set(known.map(({ login }) => login));
  const people: SeedPerson[] = [];
  for (let n = 0; n < count; n += 1) {
    const standIn = known[n];
    const given = GIVEN[Math.floor(random() * GIVEN.length)] ?? "Ada";
    const family = FAMILY[Math.floor(random() * FAMILY.length)] ?? "Berg";
    let login = standIn?.login ?? `${given}-${family}`.toLowerCase();
    if (!standIn && taken.has(login)) login = `${login}-${n}`;
    taken.add(login);
    // The stand-in's other people are as everybody: whoever tries the demo signs in as one of them.
    const role = standIn ? (n === 0 ? "admin" : "user") : roleOf(n - known.length + 1);
    const fate = random();
    const mayLeave = !standIn && role === "user";
    const state =
      mayLeave && fate < GONE_SHARE
        ? "gone"
        : mayLeave && fate < GONE_SHARE + SILENT_SHARE
          ? "silent"
          : "present";
    people.push({
      githubId: standIn?.githubId ?? String(FIRST_GITHUB_ID + n),
      login,
      name: standIn?.name ?? `${given} ${family}`,
      role,
      state,
      joinedMs: joinedMsOf(random),
      weight: state === "silent" ? 0 : weightOf(random),
    });
  }
  return people;
}
