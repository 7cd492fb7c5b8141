/** Names statements by their text, so that a connection has Postgres parse and plan each of them once instead of at
 *  every call. The first `max` different texts get a name; later ones stay unnamed, because a prepared statement
 *  stays in the memory of its connection and texts can be without number (a list written out in the SQL, say). */
export function createStatementNames(max: number): (query: { sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= max) return UNNAMED;
    const name = `fd${names.size}`;
    names.set(sql, name);
    return name;
  };
}

// What the driver and Postgres take for "do not keep this one".
const UNNAMED = "";
