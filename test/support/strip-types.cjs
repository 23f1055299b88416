// jest transformer: strips types with Node's own stripper, which keeps lines and columns, so that no source map is needed.
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { stripTypeScriptTypes } = require('node:module');
const BUILT_INS = require('./built-ins.cjs');

/** Binds the built-ins that `code` names, on its first line so that every later line keeps its number. */
function withBuiltIns(code) {
  const used = BUILT_INS.filter((name) => new RegExp(`\\b${name}\\b`).test(code));
  return used.length === 0 || code.startsWith('#!') ? code : `const { ${used.join(', ')} } = globalThis; ${code}`;
}

const own = readFileSync(__filename);

module.exports = {
  process: (source) => ({ code: withBuiltIns(stripTypeScriptTypes(source)) }),
  /** The output depends on the source, on these files and on Node's stripper; not on jest's configuration. */
  getCacheKey: (source, path) =>
    createHash('sha256')
      .update(own)
      .update(BUILT_INS.join())
      .update(`\0${process.version}\0${path}\0`)
      .update(source)
      .digest('hex'),
};
