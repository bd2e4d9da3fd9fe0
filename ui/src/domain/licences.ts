// What others wrote and this program carries.

export interface LicensedPackage {
  name: string;
  version: string;
  /** As the package says it: an SPDX expression, mostly. */
  licence: string;
  /** Where it comes from; empty if it does not say. */
  address: string;
  /** Its licences in full, as places in `Licences.texts`; none if it brings no text. */
  texts: number[];
}

export interface Licences {
  /** By name. */
  packages: LicensedPackage[];
  texts: string[];
}

/** Those whose name or licence has all of the words. */
export function packagesWith(
  packages: readonly LicensedPackage[],
  words: string,
): readonly LicensedPackage[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return packages;
  return packages.filter(({ name, licence }) => {
    const said = `${name} ${licence}`.toLowerCase();
    return wanted.every((word) => said.includes(word));
  });
}
