// What both warehouses' scripts are made of.
import { options, type ValuesOf } from '../core/command.ts';
import { path } from '../core/readers.ts';

export const scriptOptions = options({
  policy: {
    value: '<file>',
    read: path,
    summary: 'the policy; mapping.json beside it counts too (default: those of --dir)',
  },
  schema: {
    value: '<name>',
    summary: 'where functions go, schema or database.schema (default: the current one)',
  },
  reprotect: {
    value: '<moves...>',
    summary:
      'old=new: functions that move values to another element; all: between all elements of the same kind that one role may reprotect',
  },
  mask: {
    value: '<column...>',
    summary: 'table.column=element: attach a masking policy to the column; with its type, as in --column',
  },
  view: {
    value: '<column...>',
    summary: 'table.column=element: show the column in the view table_clear; without =element as it is',
  },
  column: {
    value: '<column...>',
    summary: '"table.column type=element": warn where clear values that fit the type have tokens that do not',
  },
});
export type ScriptOptions = ValuesOf<typeof scriptOptions> & { readonly dir: string; readonly json: boolean };
