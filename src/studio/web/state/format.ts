import { formatQuantity, type Quantity } from "../../../lab/figures/quantities.ts";

/** A value with its unit; texts as they are, a dash for none. */
export function formatValue(value: number | string | null | undefined, quantity: Quantity = {}): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "string" ? value : formatQuantity(value, quantity);
}

/** `5 min ago`, or the date when it is longer ago than a day. */
export function formatAge(iso: string, now = Date.now()): string {
  const seconds = Math.max(0, (now - Date.parse(iso)) / 1000);
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return iso.slice(0, 16).replace("T", " ");
}
