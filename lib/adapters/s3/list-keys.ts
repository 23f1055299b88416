import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';

/** Returns the keys of a bucket below a prefix, page by page, in the order of S3. Rejects with the client's error. */
export async function* listKeys(client: S3Client, Bucket: string, Prefix: string): AsyncGenerator<string> {
  let ContinuationToken: string | undefined;
  do {
    const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken }));
    for (const { Key } of page.Contents ?? []) if (Key !== undefined) yield Key;
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
}

/**
 * Returns the names between a prefix, which ends with a slash, and the next slash of its keys. Rejects with the
 * client's error.
 */
export async function* listFolders(client: S3Client, Bucket: string, Prefix: string): AsyncGenerator<string> {
  let ContinuationToken: string | undefined;
  do {
    const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix, Delimiter: '/', ContinuationToken }));
    for (const { Prefix: folder = '' } of page.CommonPrefixes ?? []) yield folder.slice(Prefix.length, -1);
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
}
