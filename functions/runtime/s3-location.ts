/** Of an address like `s3://bucket/path`, whose path may be empty; undefined for any other. */
export function s3Location(address: string): { readonly bucket: string; readonly path: string } | undefined {
  const [, bucket, path = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(address) ?? [];
  return bucket === undefined ? undefined : { bucket, path };
}

/** Bucket and key of `s3://bucket/key`; undefined for anything else. */
export function s3ObjectLocation(address: string): { readonly bucket: string; readonly key: string } | undefined {
  const { bucket, path: key = '' } = s3Location(address) ?? {};
  return bucket === undefined || key === '' ? undefined : { bucket, key };
}

/** What the keys of the objects in a folder begin with. */
export function folderPrefix(path: string): string {
  return path === '' || path.endsWith('/') ? path : `${path}/`;
}
