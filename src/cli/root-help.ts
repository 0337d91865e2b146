import { instruments } from "../instruments/registry.ts";
import { definitionList } from "./text.ts";

/** What `orrery --help` prints. */
export function rootHelp(verbs: readonly { readonly name: string; readonly summary: string }[]): string {
  return `Orrery: a deep-learning workbench. Instruments that clean, learn, check, compress and deploy neural networks.

Usage: orrery <instrument> <job> [options]

Instruments
${definitionList(instruments.map(({ name, title }) => [name, title] as const))}

Commands
${definitionList(verbs.map(({ name, summary }) => [name, summary] as const))}

orrery <instrument> --help lists its jobs; most jobs run without options, on data that comes with them.
`;
}
