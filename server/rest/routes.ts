import { AppError } from "@/lib/errors/app-error";
import type { Operation } from "./operation";
import { OPERATIONS } from "./operations/all";

export type Params = Readonly<Record<string, string>>;
export type Route = { operation: Operation; params: Params };

const PARAMETER = /^\{(\w+)\}$/;

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The values that `pathname` has for the parameters of `path`; null where it is no such path. */
function match(path: string, pathname: string): Params | null {
  const wanted = path.split("/");
  const given = pathname.split("/");
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] ?? "";
    const name = PARAMETER.exec(segment)?.[1];
    if (name === undefined ? value !== segment : value === "") return null;
    if (name !== undefined) params[name] = decode(value);
  }
  return params;
}

/** What is at `pathname`, by method, with HEAD wherever there is GET. Throws `address_not_found` where nothing is. */
function routesAt(pathname: string): Map<string, Route> {
  const routes = new Map<string, Route>();
  for (const operation of OPERATIONS) {
    const params = match(operation.path, pathname);
    if (!params) continue;
    routes.set(operation.method, { operation, params });
    if (operation.method === "GET") routes.set("HEAD", { operation, params });
  }
  if (routes.size === 0) throw new AppError("address_not_found");
  return routes;
}

const allowOf = (routes: Map<string, Route>): string => [...routes.keys(), "OPTIONS"].join(", ");

/** The methods that `pathname` takes, for the header Allow. Throws `address_not_found`. */
export const methodsAt = (pathname: string): string => allowOf(routesAt(pathname));

/** Throws `address_not_found`, and `method_not_allowed` with `allow` in its details. */
export function findRoute(method: string, pathname: string): Route {
  const routes = routesAt(pathname);
  const route = routes.get(method);
  if (!route) throw new AppError("method_not_allowed", { details: { allow: allowOf(routes) } });
  return route;
}
