/** Which instance types have local NVMe disks: either all sizes of a family have them, or none. */

/** Families with disks whose names do not say so. */
const FAMILIES: readonly string[] = [
  ...["d3", "d3en", "f2", "g5", "g6", "g6e", "g6f", "g7", "g7e", "gr6", "gr6f"],
  ...["i3", "i3en", "i4g", "i4i", "i7i", "i7ie", "i8g", "i8ge", "im4gn", "is4gen"],
  ...["p5", "p5e", "p5en", "p6-b200", "p6-b300", "trn1", "trn1n", "trn2", "trn2u"],
];

/** Takes a type (`g6e.xlarge`) or its family. A `d` after the generation stands for disks: `m7gd`, `c6id`, `g4dn`. */
export function hasLocalDisks(type: string): boolean {
  const family = type.split(".")[0]!;
  return FAMILIES.includes(family) || /^[a-z]+[0-9]+[a-z]*d[a-z]*$/.test(family);
}
