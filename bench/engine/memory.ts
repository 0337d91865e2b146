/** Prints the peak memory of this process in MB after ten training steps of ResNet-20. */
import { workloads } from "./workloads.ts";

const step = await workloads.find(({ name }) => name === "resnet20")?.make();
for (let i = 0; i < 10; i++) await step?.run();
console.log(process.resourceUsage().maxRSS / 1024);
process.exit(0);
