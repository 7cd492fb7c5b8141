/** Functions of the seed's own connection: everything that looks random is a hash of the seed, of what it is for, and of
 *  the row's number, so that the same seed gives the same rows, in however many statements. */
export const functionsSql = (seed: number): string => `
  -- Evenly in [0, 1).
  CREATE FUNCTION pg_temp.u(n bigint, what text) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
    SELECT (hashint8extended(n, hashtextextended(what, ${Math.trunc(seed)})) & 9007199254740991)::float8 / 9007199254740992 $$;
  -- Log-normal, with this median.
  CREATE FUNCTION pg_temp.around(median float8, spread float8, n bigint, what text) RETURNS float8
  LANGUAGE sql IMMUTABLE AS $$
    SELECT median * exp(spread * sqrt(-2 * ln(1 - pg_temp.u(n, what))) * cos(2 * pi() * pg_temp.u(n, what || ' angle'))) $$;
  CREATE FUNCTION pg_temp.pick(list text[], n bigint, what text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT list[1 + floor(pg_temp.u(n, what) * cardinality(list))::int] $$;
  -- A version 7 UUID, which grows with time: then indexes grow at their end.
  CREATE FUNCTION pg_temp.id(at timestamptz, n bigint, what text) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(h, 1, 3)
      || '8' || substr(h, 4, 15))::uuid FROM md5(what || n || ' ${Math.trunc(seed)}') AS h $$;
  CREATE FUNCTION pg_temp.after(at timestamptz, ms float8) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT at + make_interval(secs => ms / 1000) $$;`;
