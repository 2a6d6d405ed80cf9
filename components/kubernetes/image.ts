const name = "[a-z0-9]+(?:[._-]+[a-z0-9]+)*";
const registry = "[A-Za-z0-9.-]+(?::[0-9]+)?";
const reference = new RegExp(
    `^(?:${registry}/)?${name}(?:/${name})*(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(?<digest>@sha256:[0-9a-f]{64})?$`,
);

/** Whether a reference says which image it means: by digest, or by a tag other than `latest`, which says nothing. */
export function isFixedImage(image: string): boolean {
    const found = reference.exec(image)?.groups;
    if (found?.digest !== undefined) return true;
    return found?.tag !== undefined && found.tag !== "latest";
}
