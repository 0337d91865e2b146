import type { FileLook } from "../../../lab/index.ts";
import { lookAtInstance } from "../report/instance-look.ts";
import { openInstance } from "./instance.ts";
import type { InstanceOptions } from "./instance-options.ts";

/** What an instance file holds, read as the job's options say. @throws OrreryError as `openInstance`. */
export async function lookAtInstanceFile(path: string, options: Partial<InstanceOptions>): Promise<FileLook> {
  const { model, variables } = await openInstance({ ...(options as InstanceOptions), instance: path });
  return lookAtInstance(model, variables);
}
