// The table of commands, in the order of `protector --help`.
import { completion } from './basics/completion.ts';
import { showConsole } from './basics/console.ts';
import { demo } from './basics/demo.ts';
import { discover } from './basics/discover.ts';
import { init } from './basics/init.ts';
import { methods } from './basics/methods.ts';
import { query } from './basics/query.ts';
import { schema } from './basics/schema.ts';
import { serve } from './basics/serve.ts';
import { protect } from './bulk/protect.ts';
import { reprotect } from './bulk/reprotect.ts';
import { unprotect } from './bulk/unprotect.ts';
import { type Command, type Group, group } from './core/command.ts';

export const COMMANDS: readonly (Command | Group)[] = [
  init,
  demo,
  discover,
  query,
  protect,
  unprotect,
  reprotect,
  group('invoke', 'send one Lambda event to a function and print its reply', async () => {
    const { invokeRedshift, invokeSnowflake, invokeRest, invokeTenants } = await import('./basics/invoke.ts');
    return [invokeRedshift, invokeSnowflake, invokeRest, invokeTenants];
  }),
  serve,
  showConsole,
  methods,
  group(
    'policy',
    'check, test, compare, explain, edit and seal the policy file, policy.json or policy.yaml',
    async () => {
      const [
        { check },
        { lint },
        { test },
        { diff },
        { explain },
        policyAccess,
        { addElement },
        { addRole },
        { grant },
        { revoke },
        { rotate },
        { seal },
        { rollback },
        { show },
        { history },
        { sign },
        { approve },
      ] = await Promise.all([
        import('./policy/check.ts'),
        import('./policy/lint.ts'),
        import('./policy/test.ts'),
        import('./policy/diff.ts'),
        import('./policy/explain.ts'),
        import('./policy/access.ts'),
        import('./policy/add-element.ts'),
        import('./policy/add-role.ts'),
        import('./policy/grant.ts'),
        import('./policy/revoke.ts'),
        import('./policy/rotate.ts'),
        import('./policy/seal.ts'),
        import('./policy/rollback.ts'),
        import('./policy/show.ts'),
        import('./policy/history.ts'),
        import('./policy/sign.ts'),
        import('./policy/approve.ts'),
      ]);
      return [
        check,
        lint,
        test,
        diff,
        explain,
        policyAccess.access,
        addElement,
        addRole,
        grant,
        revoke,
        rotate,
        seal,
        rollback,
        show,
        history,
        sign,
        approve,
      ];
    },
  ),
  schema,
  group('keys', 'the root keys that every element key is derived from', async () => {
    const [{ list }, { rotate }, { compromise }] = await Promise.all([
      import('./keys/list.ts'),
      import('./keys/rotate.ts'),
      import('./keys/compromise.ts'),
    ]);
    return [list, rotate, compromise];
  }),
  group(
    'tenants',
    'check and seal the tenants: their KMS keys, their SIEMs, and who may call the gateway',
    async () => {
      const [tenantsInit, { check }, { seal }, { show }, { rotate }, { archive }, { apiKey }] = await Promise.all([
        import('./tenants/init.ts'),
        import('./tenants/check.ts'),
        import('./tenants/seal.ts'),
        import('./tenants/show.ts'),
        import('./tenants/rotate.ts'),
        import('./tenants/archive.ts'),
        import('./tenants/api-key.ts'),
      ]);
      return [tenantsInit.init, check, seal, show, rotate, archive, apiKey];
    },
  ),
  group('files', 'jobs on the objects of buckets, which the file protector works on in AWS', async () => {
    const [{ seal }, { start }, { status }, { stop }] = await Promise.all([
      import('./objects/seal.ts'),
      import('./objects/start.ts'),
      import('./objects/status.ts'),
      import('./objects/stop.ts'),
    ]);
    return [seal, start, status, stop];
  }),
  group('audit', 'check the audit trail, seal it, prove what is in it, read and deliver it', async () => {
    const [{ verify }, { seal }, { replay }, { prove }, exporting, querying, { report }, { redrive }] =
      await Promise.all([
        import('./audit/verify.ts'),
        import('./audit/seal.ts'),
        import('./audit/replay.ts'),
        import('./audit/prove.ts'),
        import('./audit/export.ts'),
        import('./audit/query.ts'),
        import('./audit/report.ts'),
        import('./audit/redrive.ts'),
      ]);
    return [verify, seal, replay, prove, auditKeys, exporting.exportRecords, querying.query, report, redrive];
  }),
  group('witness', 'cosign the log of another: it can then not be rewritten unseen', async () => {
    const [{ keygen }, witnessServe] = await Promise.all([import('./witness/keygen.ts'), import('./witness/serve.ts')]);
    return [keygen, witnessServe.serve];
  }),
  group(
    'ddl',
    'print the SQL that makes a warehouse know a policy: functions, grants, masking policies, views',
    async () => {
      const [{ redshift }, { snowflake }] = await Promise.all([
        import('./ddl/redshift.ts'),
        import('./ddl/snowflake.ts'),
      ]);
      return [redshift, snowflake];
    },
  ),
  group('events', "security events on their way to the tenants' SIEMs", async () => {
    const [{ tail }, { test }, { status }, { deadLetters }, { redrive }] = await Promise.all([
      import('./events/tail.ts'),
      import('./events/test.ts'),
      import('./events/status.ts'),
      import('./events/dead-letters.ts'),
      import('./events/redrive.ts'),
    ]);
    return [tail, test, status, deadLetters, redrive];
  }),
  completion,
];

const auditKeys = group(
  'keys',
  'the public list of the keys that records and checkpoints are signed with',
  async () => {
    const [{ list }, { rotate }, { add }] = await Promise.all([
      import('./audit/keys/list.ts'),
      import('./audit/keys/rotate.ts'),
      import('./audit/keys/add.ts'),
    ]);
    return [list, rotate, add];
  },
);
