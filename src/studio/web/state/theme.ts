const themeName = "orrery-theme";
const themes = ["system", "light", "dark"] as const;

/** How the page is coloured: as the system says, or always light or dark. */
export type Theme = (typeof themes)[number];

/** The chosen theme. */
export function currentTheme(): Theme {
  const stored = localStorage.getItem(themeName);
  return themes.find((theme) => theme === stored) ?? "system";
}

/** Takes a theme, the chosen one when none is given. */
export function applyTheme(theme: Theme = currentTheme()): void {
  localStorage.setItem(themeName, theme);
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** The theme after this one. */
export function nextTheme(theme: Theme): Theme {
  return themes[(themes.indexOf(theme) + 1) % themes.length];
}
