"""Parses the output of `protector ddl` by grammars of the dialects: sqlfluff's, which has every statement and rejects unknown ones, and
sqlglot's, for the statements that it parses into a tree.

Standard input: {"redshift": {"statements": [{"sql"}], "text"}, "snowflake": {...}, "wrong": {"redshift": [sql], "snowflake": [sql]},
"documents": [{"dialect", "name", "text"}]}. Each statement must parse as one statement of the expected kind, the whole text as all
statements, each document as a whole, and each wrong statement must be rejected.
Prints one line for each check and exits with 1 if one failed.
"""

import json
import logging
import re
import sys

import sqlglot
from sqlfluff.core import FluffConfig, Linter
from sqlfluff.core.dialects import load_raw_dialect
from sqlfluff.core.parser import OneOf, Ref, Sequence

logging.disable(logging.WARNING)  # sqlglot logs each statement that it treats as an opaque command

# The beginning of each statement, and the kind that sqlfluff must report.
KINDS = {
    "redshift": {
        r"create or replace external function": "create_external_function_statement",
        r"create role": "create_role_statement",
        r"create schema": "create_schema_statement",
        r"create masking policy": "create_masking_policy_statement",
        r"attach masking policy": "attach_masking_policy_statement",
        r"create or replace view": "create_view_statement",
        r"grant|revoke": "access_statement",
    },
    "snowflake": {
        r"create or replace secure external function": "create_external_function_statement",
        r"create role": "create_role_statement",
        r"create schema": "create_schema_statement",
        r"create (?:api integration|masking policy)": "create_statement",
        r"alter masking policy": "alter_masking_policy",
        r"alter table": "alter_table_statement",
        r"describe integration": "describe_statement",
        r"create or replace secure view": "create_view_statement",
        r"grant|revoke": "access_statement",
    },
}
# Statements that sqlglot parses into a tree; to it, all others are opaque commands or unknown.
TREES = {
    r"grant (?:execute|usage) on function": "Grant",
    r"grant (?:select|usage)": "Grant",
    r"revoke": "Revoke",
    r"create (?:schema|or replace (?:secure )?view)": "Create",
    r"describe": "Describe",
}
failed = 0


def check(name, ok, why=""):
    global failed
    failed += not ok
    print((f"ok {name}" if ok else f"FAILED {name}: {why}").replace("\n", " "))


def linter(dialect):
    return Linter(config=FluffConfig(overrides={"dialect": dialect, "templater": "raw"}))


def know_batch_limits():
    """Adds two clauses of the Database Developer Guide: sqlfluff's CREATE EXTERNAL FUNCTION of Redshift ends at RETRY_TIMEOUT."""
    redshift = load_raw_dialect("redshift")
    redshift.sets("unreserved_keywords").update({"MAX_BATCH_ROWS", "MAX_BATCH_SIZE", "KB", "MB"})
    known = redshift.get_segment("CreateExternalFunctionStatementSegment")
    number = Ref("NumericLiteralSegment")
    size = Sequence("MAX_BATCH_SIZE", number, OneOf("KB", "MB", optional=True), optional=True)
    known.match_grammar = known.match_grammar.copy(insert=[Sequence("MAX_BATCH_ROWS", number, optional=True), size])


def parse(lint, sql):
    """Returns the kinds of the statements, and the parts that could not be parsed."""
    parsed = lint.parse_string(sql)
    wrong = [violation.desc() for violation in parsed.violations]
    tree = next((variant.tree for variant in parsed.parsed_variants if variant.tree), None)
    if tree is None:
        return [], wrong or ["no tree"]
    unparsable = [segment.raw for segment in tree.recursive_crawl("unparsable")]
    statements = [segment.segments[0].get_type() for segment in tree.recursive_crawl("statement", recurse_into=False)]
    return statements, wrong + unparsable


def expected(table, sql):
    return next((kind for begins, kind in table.items() if re.match(begins, sql)), None)


def tree_of(dialect, sql):
    try:
        return [type(tree).__name__ for tree in sqlglot.parse(sql, dialect=dialect)]
    except sqlglot.errors.SqlglotError as error:
        return str(error)


know_batch_limits()
given = json.load(sys.stdin)
linters = {dialect: linter(dialect) for dialect in KINDS}
for document in given["documents"]:
    parsed, wrong = parse(linters[document["dialect"]], document["text"])
    check(f"{document['name']} as {document['dialect']}", wrong == [] and parsed != [], f"{wrong[:3]}")
for dialect, kinds in KINDS.items():
    lint = linters[dialect]
    script = given[dialect]
    found = {}
    for n, statement in enumerate(script["statements"]):
        sql = statement["sql"]
        kind = expected(kinds, sql)
        parsed, wrong = parse(lint, sql + ";")
        check(f"{dialect} statement {n}", wrong == [] and parsed == [kind], f"{parsed} {wrong} in {sql}")
        found[kind] = found.get(kind, 0) + 1
        tree = expected(TREES, sql)
        if tree is not None:
            made = tree_of(dialect, sql)
            check(f"{dialect} statement {n} as {tree}", made == [tree], f"{made} in {sql}")
    parsed, wrong = parse(lint, script["text"])
    check(f"{dialect} whole text", wrong == [] and len(parsed) == len(script["statements"]), f"{len(parsed)} {wrong}")
    check(f"{dialect} every kind", set(found) == set(kinds.values()), str(set(kinds.values()) - set(found)))
    for sql in given["wrong"][dialect]:
        _, wrong = parse(lint, sql + ";")
        check(f"{dialect} refuses {sql}", wrong != [], "it was taken")
sys.exit(1 if failed else 0)
