import { useEffect, useState } from "preact/hooks";
import { ComparePage } from "./pages/compare.tsx";
import { HomePage } from "./pages/home.tsx";
import { JobPage } from "./pages/job.tsx";
import { RunPage } from "./pages/run.tsx";
import { RunsPage } from "./pages/runs.tsx";
import { SweepPage } from "./pages/sweep.tsx";
import { SweepsPage } from "./pages/sweeps.tsx";
import { KeysDialog } from "./parts/keys-dialog.tsx";
import { Messages } from "./parts/messages.tsx";
import { useKeys } from "./state/keys.ts";
import { followLink, go, type Route, useRoute } from "./state/route.ts";
import { applyTheme, currentTheme, nextTheme } from "./state/theme.ts";

function pageOf({ parts, query }: Route) {
  const [first, second, third] = parts;
  if (first === undefined) return <HomePage />;
  if (first === "jobs" && third !== undefined)
    return <JobPage key={`${second} ${third}`} job={`${second} ${third}`} from={query.get("from") ?? undefined} />;
  if (first === "runs" && second !== undefined) return <RunPage key={second} id={second} />;
  if (first === "runs") return <RunsPage query={query} />;
  if (first === "sweeps" && second !== undefined) return <SweepPage key={second} id={second} />;
  if (first === "sweeps") return <SweepsPage />;
  if (first === "compare") return <ComparePage ids={(query.get("runs") ?? "").split(",").filter((id) => id !== "")} />;
  return (
    <main id="main">
      <h1>Nothing here</h1>
      <p>
        There is no page of this address. <a href="/">Go home.</a>
      </p>
    </main>
  );
}

/** What the tab and the history of the browser call the page. */
function titleOf({ parts: [first, ...rest] }: Route): string {
  const page =
    first === "jobs" || ((first === "runs" || first === "sweeps") && rest.length > 0) ? rest.join(" ") : first;
  return page === undefined ? "Orrery" : `${page.replace(/^\w/, (letter) => letter.toUpperCase())} · Orrery`;
}

const here = (route: Route, first: string | undefined) => (route.parts[0] === first ? "page" : undefined);

/** The whole page: navigation, and the page of the address. */
export function App() {
  const route = useRoute();
  const [theme, setTheme] = useState(currentTheme());
  const [showsKeys, setShowsKeys] = useState(false);
  useKeys({
    "?": () => setShowsKeys(true),
    "g h": () => go("/"),
    "g r": () => go("/runs"),
    "g s": () => go("/sweeps"),
  });
  useEffect(() => {
    document.addEventListener("click", followLink);
    return () => document.removeEventListener("click", followLink);
  }, []);
  const title = titleOf(route);
  useEffect(() => {
    document.title = title;
  }, [title]);
  const changeTheme = () => {
    const next = nextTheme(theme);
    applyTheme(next);
    setTheme(next);
  };
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="bar">
        <a class="brand" href="/">
          Orrery
        </a>
        <nav aria-label="Pages">
          <a href="/" aria-current={here(route, undefined)}>
            Instruments
          </a>
          <a href="/runs" aria-current={here(route, "runs")}>
            Runs
          </a>
          <a href="/sweeps" aria-current={here(route, "sweeps")}>
            Sweeps
          </a>
        </nav>
        <span class="spacer" />
        <button type="button" class="quiet" onClick={changeTheme} aria-label={`Colours: ${theme}. Change.`}>
          {theme === "system" ? "◐ system" : theme === "light" ? "○ light" : "● dark"}
        </button>
        <button type="button" class="quiet" onClick={() => setShowsKeys(true)} aria-label="Keys">
          ?
        </button>
      </header>
      {pageOf(route)}
      <Messages />
      {showsKeys && <KeysDialog close={() => setShowsKeys(false)} />}
    </>
  );
}
