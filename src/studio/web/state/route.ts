import { useEffect, useState } from "preact/hooks";

/** Where the page is: the path's parts and the query. */
export interface Route {
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
}

const changed = "orrery-route";

function currentRoute(): Route {
  return {
    parts: location.pathname
      .split("/")
      .filter((part) => part !== "")
      .map(decodeURIComponent),
    query: new URLSearchParams(location.search),
  };
}

/** Goes to an address of the page. */
export function go(address: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  dispatchEvent(new Event(changed));
  if (!replace) scrollTo(0, 0);
}

/** Sets or removes parts of the query, which keep filters and sorting in the address. */
export function setQuery(values: Readonly<Record<string, string | undefined>>): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === "") query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  go(`${location.pathname}${text === "" ? "" : `?${text}`}`, { replace: true });
}

/** The route, anew whenever it changes. */
export function useRoute(): Route {
  const [route, setRoute] = useState(currentRoute);
  useEffect(() => {
    const follow = () => setRoute(currentRoute());
    addEventListener("popstate", follow);
    addEventListener(changed, follow);
    return () => {
      removeEventListener("popstate", follow);
      removeEventListener(changed, follow);
    };
  }, []);
  return route;
}

/** Lets ordinary clicks on links of the page go without loading it anew. */
export function followLink(event: MouseEvent): void {
  const link = (event.target as Element).closest("a");
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (
    link === null ||
    !isPlain ||
    link.origin !== location.origin ||
    link.target !== "" ||
    link.hasAttribute("download")
  )
    return;
  if (link.pathname.startsWith("/api/") || link.hash !== "") return;
  event.preventDefault();
  go(link.pathname + link.search);
}
