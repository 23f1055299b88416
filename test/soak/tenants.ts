// npm run soak:tenants: 200 tenants with 1,000 events each, one SIEM in ten broken; see test/support/siem/many-tenants.ts.
//   --tenants N   @default 200
//   --events N    of each; @default 1,000
import { parseArgs } from 'node:util';
import { forwardForMany } from '../support/siem/many-tenants.ts';

const { values: options } = parseArgs({
  options: { tenants: { type: 'string', default: '200' }, events: { type: 'string', default: '1000' } },
});
const tenants = Number(options.tenants);
const events = Number(options.events);
const { delivered, broken, waited, repeated } = await forwardForMany({ tenants, events, perBatch: 50 });
console.log(
  `${tenants} tenants, ${broken} of their SIEMs broken: the others had all their events without waiting; ${waited} events waited, ` +
    `and all ${delivered} are delivered in order, ${repeated} twice, where a SIEM does not tell repeats`,
);
