import { type ClassValue, clsx } from "clsx";

/** Joins class names. It does not resolve conflicts: a class that must win over a primitive's own ends in "!". */
export function cn(...inputs: ClassValue[]): string {
  return clsx(inputs);
}
