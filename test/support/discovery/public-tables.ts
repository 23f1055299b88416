// Three public tables of the npm package vega-datasets (BSD-3-Clause): airports (a work of the US government), postal codes of GeoNames
// (CC BY 4.0), and contributions to candidates for the US Congress of the Federal Election Commission (CC0). The package is not part of
// this repository: CI installs it, and names its folder in PUBLIC_TABLES. The people in it are candidates, by their public record.
import { join } from 'node:path';
import type { Label } from './tables.ts';

/** What the columns of each table hold, by their names. Columns without a label need no element. */
export const PUBLIC_TABLES: Readonly<Record<string, Readonly<Record<string, Label['kind']>>>> = {
  'airports.csv': { name: 'place', city: 'place' },
  'zipcodes.csv': { zip_code: 'postal-code', city: 'place', county: 'place' },
  'political-contributions.json': { Candidate_Name: 'person-name' },
};

/** Returns the path of a table below the folder that `npm install --prefix` made. */
export function publicTable(folder: string, name: string): string {
  return join(folder, 'node_modules/vega-datasets/data', name);
}
