// The bodies of requests and replies, as the code checks them and as the OpenAPI document describes them.

import { z } from 'zod';
import { ENCODINGS } from './encoding.ts';

/** As many audit records may one request leave. */
export const MAX_ARGUMENTS = 256;

const user = z.string().nullish().meta({
  description: 'The policy user. Needed unless the Authorization header names one; see the settings of the function.',
});
const queryId = z
  .union([z.string(), z.number()])
  .nullish()
  .meta({ description: 'Goes to the audit record of the request.' });
const externalIv = z
  .string()
  .nullish()
  .meta({ description: 'External initialization vector: its UTF-8 bytes. Null and empty text are none.' });
const element = (description: string) => z.string().min(1).meta({ description });
const encoding = z.enum(ENCODINGS).nullish().meta({
  description:
    'How values are written, in both directions. Default: hex for elements of bytes (binary, encryption, hash), which have no utf8, else utf8.',
});
const values = z.array(z.union([z.string(), z.number(), z.null()])).meta({
  description: 'Values of one column. A number keeps its digits; null stays null, an empty text stays empty.',
});

const protectFields = {
  data_element: element('Data element to protect or unprotect with.'),
  external_iv: externalIv,
};

const reprotectFields = {
  data_element: element('Data element to protect with.'),
  old_data_element: element('Data element that the values are protected with.'),
  external_iv: externalIv,
  new_external_iv: externalIv.meta({ description: 'Another name of external_iv.' }),
  old_external_iv: externalIv.meta({
    description: 'External initialization vector that the values are protected with.',
  }),
};

const ofRequest = { user, query_id: queryId };
const ofColumn = { encoding, data: values };
const ofArgument = {
  ...ofColumn,
  id: z
    .union([z.string(), z.number()])
    .nullish()
    .meta({ description: 'Comes back with the result, and is put behind the query id in the audit record.' }),
};

/** One of several columns. */
export const argumentSchemas = {
  protect: z.object({ ...protectFields, ...ofArgument }),
  reprotect: z.object({ ...reprotectFields, ...ofArgument }),
};

/** One column. */
export const singleSchemas = {
  protect: z.object({ ...ofRequest, ...protectFields, ...ofColumn }),
  reprotect: z.object({ ...ofRequest, ...reprotectFields, ...ofColumn }),
};

/** What several columns have in common. */
export const commonSchema = z.object({ ...ofRequest, encoding });

const listOf = <Item extends z.ZodType>(item: Item) => z.array(item).min(1).max(MAX_ARGUMENTS);

/** Several columns, each with its element, each decided by itself. */
export const argumentsSchemas = {
  protect: commonSchema.extend({ arguments: listOf(argumentSchemas.protect) }),
  reprotect: commonSchema.extend({ arguments: listOf(argumentSchemas.reprotect) }),
};

const bulk = z.object({
  id: queryId,
  data: z.array(
    z.object({ content: z.string().nullable().meta({ description: 'Base64 of UTF-8 text, or of bytes.' }) }),
  ),
});

const legacyFields = { policyusername: user, bulk };
const legacyProtect = z.object({
  ...legacyFields,
  dataelementname: protectFields.data_element,
  externaliv: externalIv,
});
const legacyReprotect = z.object({
  ...legacyFields,
  newdataelementname: reprotectFields.data_element,
  olddataelementname: reprotectFields.old_data_element,
  newexternaliv: externalIv,
  oldexternaliv: reprotectFields.old_external_iv,
});

/** The form of earlier products: what is asked for is the key around it. */
export const legacySchemas = {
  protect: z.object({ protect: legacyProtect }),
  unprotect: z.object({ unprotect: legacyProtect }),
  reprotect: z.object({ reprotect: legacyReprotect }),
};

const result = z.object({ encoding: z.enum(ENCODINGS), results: values, success: z.literal(true) });

export const errorReply = z.object({
  error_msg: z.string().meta({ description: 'Clients classify by this text. It names a row (from 0), never a value.' }),
  success: z.literal(false),
});

const id = ofArgument.id.unwrap().unwrap().optional();

export const replySchemas = {
  single: result,
  arguments: z.object({
    success: z.boolean().meta({ description: 'Whether every argument succeeded.' }),
    error_msg: errorReply.shape.error_msg
      .optional()
      .meta({ description: 'Of the first argument, where none succeeded.' }),
    results: z.array(z.union([result.extend({ id }), errorReply.extend({ id })])),
  }),
  legacy: z.partialRecord(
    z.enum(['protect', 'unprotect', 'reprotect']),
    z.object({
      bulk: z.object({
        returntype: z.enum(['success', 'warning']),
        data: z.array(z.object({ returntype: z.enum(['success', 'warning']), content: z.string().nullable() })),
        id: queryId.unwrap().unwrap().optional(),
      }),
    }),
  ),
  version: z.object({ version: z.string() }),
};
