/** The headers of a batch that Snowflake sends to protect a column as deSSN for test_user. */
export const SNOWFLAKE_HEADERS = {
  'content-type': 'application/json',
  'sf-external-function-format': 'json',
  'sf-external-function-format-version': '1.0',
  'sf-external-function-current-query-id': '01b02bdf-0001-7b58-0003-27d60056b5a6',
  'sf-external-function-query-batch-id': '01b02bdf-0001-7b58-0003-27d60056b5a6:1:1:0:0',
  'sf-context-current-user': 'test_user',
  'sf-custom-X-Protegrity-HCoP-Rules': '{"jsonpaths":[{"op_type":"PROTECT","data_element":"deSSN"}]}',
} as const;
