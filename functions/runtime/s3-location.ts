/** Splits `s3://bucket/path`, whose path may be empty; undefined for any other address. */
export function s3Location(address: string): { readonly bucket: string; readonly path: string } | undefined {
  const [, bucket, path = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(address) ?? [];
  return bucket === undefined ? undefined : { bucket, path };
}

/** Splits `s3://bucket/key`; undefined for any other address. */
export function s3ObjectLocation(address: string): { readonly bucket: string; readonly key: string } | undefined {
  const { bucket, path: key = '' } = s3Location(address) ?? {};
  return bucket === undefined || key === '' ? undefined : { bucket, key };
}

/** Returns the prefix of the object keys in a folder: the path with a slash at its end. */
export function folderPrefix(path: string): string {
  return path === '' || path.endsWith('/') ? path : `${path}/`;
}
