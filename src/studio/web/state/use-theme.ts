import { useEffect, useState } from "preact/hooks";

const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

const isDarkNow = () =>
  (document.documentElement.dataset.theme ?? (systemIsDark.matches ? "dark" : "light")) === "dark";

/** Whether the page is dark now, for what CSS does not reach. */
export function useTheme(): "light" | "dark" {
  const [isDark, setIsDark] = useState(isDarkNow);
  useEffect(() => {
    const look = () => setIsDark(isDarkNow());
    systemIsDark.addEventListener("change", look);
    const watch = new MutationObserver(look);
    watch.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => {
      systemIsDark.removeEventListener("change", look);
      watch.disconnect();
    };
  }, []);
  return isDark ? "dark" : "light";
}
