import { OrreryError } from "../../../errors.ts";
import { hintForName } from "../../../nearest-name.ts";

/** Which class is mistaken for which, by name: `{ truck: "automobile" }`. */
export type FlipTable = Readonly<Record<string, string>>;

/** The superclasses of CIFAR-100 and their classes, Krizhevsky (2009). */
const cifar100Superclasses: Readonly<Record<string, string>> = {
  "aquatic mammals": "beaver dolphin otter seal whale",
  fish: "aquarium_fish flatfish ray shark trout",
  flowers: "orchid poppy rose sunflower tulip",
  "food containers": "bottle bowl can cup plate",
  "fruit and vegetables": "apple mushroom orange pear sweet_pepper",
  "household electrical devices": "clock keyboard lamp telephone television",
  "household furniture": "bed chair couch table wardrobe",
  insects: "bee beetle butterfly caterpillar cockroach",
  "large carnivores": "bear leopard lion tiger wolf",
  "large man-made outdoor things": "bridge castle house road skyscraper",
  "large natural outdoor scenes": "cloud forest mountain plain sea",
  "large omnivores and herbivores": "camel cattle chimpanzee elephant kangaroo",
  "medium-sized mammals": "fox porcupine possum raccoon skunk",
  "non-insect invertebrates": "crab lobster snail spider worm",
  people: "baby boy girl man woman",
  reptiles: "crocodile dinosaur lizard snake turtle",
  "small mammals": "hamster mouse rabbit shrew squirrel",
  trees: "maple_tree oak_tree palm_tree pine_tree willow_tree",
  "vehicles 1": "bicycle bus motorcycle pickup_truck train",
  "vehicles 2": "lawn_mower rocket streetcar tank tractor",
};

function nextInSuperclass(): FlipTable {
  const pairs = Object.values(cifar100Superclasses).flatMap((list) => {
    const names = list.split(" ");
    return names.map((name, i) => [name, names[(i + 1) % names.length]]);
  });
  return Object.fromEntries(pairs);
}

/** The customary tables: similar classes of CIFAR-10 and MNIST (Patrini et al., 2017), the next class of the superclass for CIFAR-100. */
export const flipTables = {
  cifar10: { truck: "automobile", bird: "airplane", deer: "horse", cat: "dog", dog: "cat" },
  mnist: { 7: "1", 2: "7", 5: "6", 6: "5", 3: "8" },
  cifar100: nextInSuperclass(),
} as const satisfies Record<string, FlipTable>;

/** The name of a customary flip table. */
export type FlipTableName = keyof typeof flipTables;

/** CIFAR-100's 100 classes in the order of their indices. */
export const cifar100Classes: readonly string[] = Object.keys(flipTables.cifar100).sort();

/**
 * A table's flips as class indices.
 * @throws OrreryError `not-found` for a table or class that does not exist, with the nearest name.
 */
export function resolveFlips(
  table: FlipTableName | FlipTable,
  classNames: readonly string[],
): (readonly [number, number])[] {
  const flips = typeof table === "string" ? (flipTables as Record<string, FlipTable>)[table] : table;
  if (flips === undefined) {
    throw new OrreryError("not-found", `asymmetric noise: no table "${String(table)}"`, {
      hint: hintForName(String(table), Object.keys(flipTables), "The tables are"),
    });
  }
  const indexOf = (name: string): number => {
    const index = classNames.indexOf(name);
    if (index >= 0) return index;
    throw new OrreryError("not-found", `asymmetric noise: no class "${name}"`, {
      hint: hintForName(name, classNames, "The classes are"),
    });
  };
  return Object.entries(flips).map(([from, to]) => [indexOf(from), indexOf(to)] as const);
}
