// Schemas of request and reply bodies: the code checks with them, and the OpenAPI document is generated from them.

import * as z from 'zod/mini';
import { ENCODINGS } from './encoding.ts';
import { longArrayOf } from './long-array.ts';

/** Most arguments of one request, and so most audit records of it. */
export const MAX_ARGUMENTS = 256;

const described = (description: string) => z.meta({ description });

/** Null means absent: clients send it for members without a value. */
const user = z
  .nullish(z.string())
  .check(
    described('The policy user. Needed unless the Authorization header names one; see the settings of the function.'),
  );
const idOrNumber = z.union([z.string(), z.number()]);
const queryId = z.nullish(idOrNumber).check(described('Goes to the audit record of the request.'));
const externalIv = z
  .nullish(z.string())
  .check(described('External initialization vector: its UTF-8 bytes. Null and empty text are none.'));
const element = (description: string) => z.string().check(z.minLength(1), described(description));
const encoding = z
  .nullish(z.enum(ENCODINGS))
  .check(
    described(
      'How values are written, in both directions. Default: hex for elements of bytes (binary, encryption, hash), which have no utf8, else utf8.',
    ),
  );
const values = longArrayOf(
  z.union([z.string(), z.number(), z.null()]),
  'Values of one column. A number keeps its digits; null stays null, an empty text stays empty.',
);

const protectFields = {
  data_element: element('Data element to protect or unprotect with.'),
  external_iv: externalIv,
};

const reprotectFields = {
  data_element: element('Data element to protect with.'),
  old_data_element: element('Data element that the values are protected with.'),
  external_iv: externalIv,
  new_external_iv: externalIv.check(described('Another name of external_iv.')),
  old_external_iv: externalIv.check(described('External initialization vector that the values are protected with.')),
};

const ofRequest = { user, query_id: queryId };
const ofColumn = { encoding, data: values };
const ofArgument = {
  ...ofColumn,
  id: z
    .nullish(idOrNumber)
    .check(described('Comes back with the result, and is put behind the query id in the audit record.')),
};

/** One column. */
export const singleSchemas = {
  protect: z.object({ ...ofRequest, ...protectFields, ...ofColumn }),
  reprotect: z.object({ ...ofRequest, ...reprotectFields, ...ofColumn }),
};

/** One of several columns. */
export const argumentSchemas = {
  protect: z.object({ ...protectFields, ...ofArgument }),
  reprotect: z.object({ ...reprotectFields, ...ofArgument }),
};

/** The common members of several columns. */
export const commonSchema = z.object({ ...ofRequest, encoding });

/** Several columns, each with its element and its own decision. */
export const argumentsSchemas = {
  protect: severalOf(argumentSchemas.protect),
  reprotect: severalOf(argumentSchemas.reprotect),
};

function severalOf<Item extends z.ZodMiniType>(item: Item) {
  return z.extend(commonSchema, {
    arguments: z.array(item).check(z.minLength(1), z.maxLength(MAX_ARGUMENTS)),
  });
}

const content = z.nullable(z.string()).check(described('Base64 of UTF-8 text, or of bytes.'));
const bulk = z.object({ id: queryId, data: longArrayOf(z.object({ content }), 'Values of one column.') });

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

/** The form of earlier products: the operation is the outer key. */
export const legacySchemas = {
  protect: z.object({ protect: legacyProtect }),
  unprotect: z.object({ unprotect: legacyProtect }),
  reprotect: z.object({ reprotect: legacyReprotect }),
};

const result = z.object({ encoding: z.enum(ENCODINGS), results: values, success: z.literal(true) });

export const errorReply = z.object({
  error_msg: z.string().check(described('Clients classify by this text. It names a row (from 0), never a value.')),
  success: z.literal(false),
  detail: z.optional(
    z
      .string()
      .check(
        described(
          'Of a bad value, for people: element, position (from 1) and size of the column, reason with its limit, how many values are bad. Its words may change.',
        ),
      ),
  ),
});

const id = z.optional(idOrNumber);
const returntype = z.enum(['success', 'warning']);
const legacyResult = z.object({
  bulk: z.object({ returntype, data: z.array(z.object({ returntype, content })), id }),
});

export const replySchemas = {
  single: result,
  check: z.extend(result, {
    encoding: z.literal('utf8'),
    results: longArrayOf(
      z.nullable(z.string()),
      'Null for each value that protect takes, else the reason why it does not.',
    ),
  }),
  arguments: z.object({
    success: z.boolean().check(described('Whether every argument succeeded.')),
    error_msg: z.optional(z.string().check(described('Of the first argument, where none succeeded.'))),
    detail: errorReply.shape.detail,
    results: z.array(z.union([z.extend(result, { id }), z.extend(errorReply, { id })])),
  }),
  legacy: z.partialRecord(z.enum(['protect', 'unprotect', 'reprotect']), legacyResult),
  version: z.object({ version: z.string() }),
};
