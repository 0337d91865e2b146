import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import packed from "@sparticuz/chromium";
import { type Browser, chromium } from "playwright-core";

/**
 * Chromium without a window, from the npm package that carries one with the libraries and fonts it needs: the machine needs none installed.
 * Close it when the tests are done.
 */
export async function launchBrowser(): Promise<Browser> {
  const folder = await unpackedBrowser();
  const args = packed.args.filter((flag) => !unwanted.some((start) => flag.startsWith(start)));
  return chromium.launch({
    executablePath: join(folder, "chromium"),
    args,
    env: {
      ...process.env,
      LD_LIBRARY_PATH: [join(folder, "al2023", "lib"), process.env.LD_LIBRARY_PATH].filter(Boolean).join(":"),
      FONTCONFIG_PATH: join(folder, "fonts"),
    },
  });
}

/** Flags of the package that switch off what pages are to be tested under, or that only very small machines need. */
const unwanted = ["--disable-web-security", "--allow-running-insecure-content", "--single-process", "--no-zygote"];

/** Where browser, libraries and fonts lie; they are unpacked once for each version. */
async function unpackedBrowser(): Promise<string> {
  const { version } = createRequire(import.meta.url)("../../node_modules/@sparticuz/chromium/package.json") as {
    readonly version: string;
  };
  const folder = join(tmpdir(), `orrery-chromium-${version}`);
  if (existsSync(folder)) return folder;
  // Test files run at the same time: each unpacks aside, and the first to be done is taken.
  await mkdir(tmpdir(), { recursive: true });
  const aside = await mkdtemp(`${folder}-`);
  await unpack(aside);
  await writeFile(join(aside, "fonts", "fonts.conf"), fontsConfiguration(folder));
  await rename(aside, folder).catch(() => rm(aside, { recursive: true, force: true }));
  return folder;
}

/** The machine's fonts as it sets them up, and the package's own for machines that have none. */
function fontsConfiguration(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${join(folder, "fonts", "fonts")}</dir>
  <cachedir>${join(folder, "fonts", "cache")}</cachedir>
</fontconfig>
`;
}

/** The package unpacks to the system's folder for temporary files, its libraries only where it takes the machine for a bare one. */
async function unpack(folder: string): Promise<void> {
  const { TMPDIR, AWS_EXECUTION_ENV } = process.env;
  Object.assign(process.env, { TMPDIR: folder, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs20.x" });
  try {
    await packed.executablePath();
  } finally {
    restore("TMPDIR", TMPDIR);
    restore("AWS_EXECUTION_ENV", AWS_EXECUTION_ENV);
  }
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
