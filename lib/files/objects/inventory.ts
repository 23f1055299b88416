/**
 * Returns the keys that a key of an S3 Inventory can mean. CSV inventories encode keys as URLs do (Amazon S3 User Guide, "Amazon S3 Inventory
 * list"); whether a blank is `+` or `%20`, and whether Step Functions decodes what it reads, neither guide says.
 */
export function keysOfInventory(listed: string): readonly string[] {
  const found = new Set([listed]);
  for (const encoded of [listed, listed.replaceAll('+', '%20')]) {
    try {
      found.add(decodeURIComponent(encoded));
    } catch {
      // It is no encoded text, so it is meant as it is.
    }
  }
  return [...found];
}
