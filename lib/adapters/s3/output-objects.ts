// Outputs in Amazon S3 as multipart uploads: nothing is seen of one before CompleteMultipartUpload, which with `If-None-Match: *` succeeds only
// where no object has its name ("Add preconditions to S3 operations", S3 User Guide). A tag of the object names the work that made it, so that
// the role that writes needs no right to read what is written.
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectTaggingCommand,
  ListPartsCommand,
  type Part,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { ObjectError } from '../../files/errors.ts';
import type { OutputObjects, OutputUpload } from '../../files/ports.ts';
import { s3Failure } from './failure.ts';
import { objectFailure } from './object-failure.ts';

export interface S3OutputsOptions {
  /** Sets time-outs and retries; see `s3Client`. */
  readonly client: S3Client;
  readonly bucket: string;
}

/** Name of the tag. */
const MAKER = 'protector-work';
const ATTEMPTS = 5;

/**
 * Needs `s3:PutObject`, `s3:PutObjectTagging`, `s3:GetObjectTagging`, `s3:ListMultipartUploadParts` and `s3:AbortMultipartUpload`, and
 * `s3:ListBucket`, without which S3 answers 403 for an absent object.
 */
export function s3OutputObjects({ client, bucket: Bucket }: S3OutputsOptions): OutputObjects {
  function open(Key: string, UploadId: string): OutputUpload {
    const upload = { Bucket, Key, UploadId };

    /** Returns the parts that S3 holds, by number; undefined where the upload has ended. */
    async function stored(): Promise<Map<number, Part> | undefined> {
      const parts = new Map<number, Part>();
      let PartNumberMarker: string | undefined;
      try {
        do {
          // oxlint-disable-next-line no-await-in-loop -- pages follow one another
          const page = await client.send(new ListPartsCommand({ ...upload, PartNumberMarker }));
          for (const part of page.Parts ?? []) parts.set(part.PartNumber ?? 0, part);
          PartNumberMarker = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
        } while (PartNumberMarker !== undefined);
        return parts;
      } catch (error) {
        if (s3Failure(error, new Set()).name === 'NoSuchUpload') return undefined;
        throw objectFailure('ListParts', error);
      }
    }

    return {
      async put(PartNumber, bytes) {
        try {
          await client.send(new UploadPartCommand({ ...upload, PartNumber, Body: bytes, ContentLength: bytes.length }));
        } catch (error) {
          if (s3Failure(error, new Set()).name === 'NoSuchUpload') {
            throw new ObjectError('FILES_UPLOAD_ENDED', 'What was uploaded of the output is gone: retry');
          }
          throw objectFailure('UploadPart', error);
        }
      },

      async name(parts) {
        const held = await stored();
        if (held === undefined || parts.some(({ number, bytes }) => held.get(number)?.Size !== bytes)) return 'gone';
        const Parts = parts.map(({ number }) => completed(number, held.get(number)!));
        for (let attempt = 1; ; attempt++) {
          try {
            // oxlint-disable-next-line no-await-in-loop -- attempts follow one another
            await client.send(
              new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, IfNoneMatch: '*' }),
            );
            return 'named';
          } catch (error) {
            const { name, status } = s3Failure(error, new Set());
            if (status === 412 || name === 'PreconditionFailed') return 'taken';
            if (name === 'NoSuchUpload' || name === 'InvalidPart') return 'gone';
            // Another conditional write of the same name is under way.
            if (status !== 409 || attempt === ATTEMPTS) throw objectFailure('CompleteMultipartUpload', error);
          }
        }
      },

      async abandon() {
        try {
          await client.send(new AbortMultipartUploadCommand(upload));
        } catch (error) {
          if (s3Failure(error, new Set()).name !== 'NoSuchUpload') throw objectFailure('AbortMultipartUpload', error);
        }
      },
    };
  }

  return {
    open,

    async makerOf(Key) {
      try {
        const { TagSet = [] } = await client.send(new GetObjectTaggingCommand({ Bucket, Key }));
        return TagSet.find((tag) => tag.Key === MAKER)?.Value ?? '';
      } catch (error) {
        if (s3Failure(error, new Set()).status === 404) return undefined;
        throw objectFailure('GetObjectTagging', error);
      }
    },

    async begin(Key, work) {
      try {
        const { UploadId } = await client.send(
          new CreateMultipartUploadCommand({ Bucket, Key, Tagging: `${MAKER}=${work}` }),
        );
        if (UploadId !== undefined) return UploadId;
      } catch (error) {
        throw objectFailure('CreateMultipartUpload', error);
      }
      throw new ObjectError('FILES_UNAVAILABLE', 'S3 CreateMultipartUpload failed: malformed reply');
    },
  };
}

/** S3 wants the checksums that the parts came with. */
function completed(PartNumber: number, part: Part): CompletedPart {
  const { ETag, ChecksumCRC32, ChecksumCRC32C, ChecksumCRC64NVME, ChecksumSHA1, ChecksumSHA256 } = part;
  return { PartNumber, ETag, ChecksumCRC32, ChecksumCRC32C, ChecksumCRC64NVME, ChecksumSHA1, ChecksumSHA256 };
}
