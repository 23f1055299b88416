"""Whether policies let a role make a call, as AWS decides it within an account.

An explicit denial wins. Otherwise a policy of the role has to allow the call, or a policy of the resource that names the role itself. A
KMS key is opened by its own policy alone: where that policy names the account, a policy of the role has to allow the call too.
Sources: IAM User Guide, "Policy evaluation logic"; KMS Developer Guide, "Key policies".

What the stacks do not use is an error here (NotAction, NotPrincipal, other operators), so that nothing is decided by guess.
"""

from fnmatch import fnmatchcase


def as_list(value):
    return value if isinstance(value, list) else [value]


def statements_of(document):
    return as_list(document["Statement"])


def is_like(value, pattern):
    """Compares as IAM does: `*` and `?`, and no sets of characters."""
    return fnmatchcase(value, pattern.replace("[", "[[]"))


ONE_VALUE = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringLike": is_like,
    "ArnEquals": is_like,
    "ArnLike": is_like,
    "Bool": lambda value, wanted: value.lower() == str(wanted).lower(),
    "NumericLessThan": lambda value, wanted: float(value) < float(wanted),
}
NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}


def condition_holds(operator, key, wanted, context):
    """`context`: the lower-case key → its values, or absent."""
    values = context.get(key.lower())
    wanted = as_list(wanted)
    if operator == "Null":
        return (values is None) == (str(wanted[0]).lower() == "true")
    if operator.startswith("ForAllValues:"):
        compare = ONE_VALUE[operator.partition(":")[2]]
        return all(any(compare(value, one) for one in wanted) for value in values or [])
    if operator.endswith("IfExists"):
        return values is None or condition_holds(operator[: -len("IfExists")], key, wanted, context)
    if operator in NEGATED:
        return not condition_holds(NEGATED[operator], key, wanted, context)
    compare = ONE_VALUE[operator]
    return values is not None and any(compare(value, one) for value in values for one in wanted)


class Call:
    """One call. `action`: `kms:Decrypt`. `resource`: its ARN. `context`: condition key → its values, a list of texts."""

    def __init__(self, role_arn, action, resource, context):
        self.role_arn, self.action, self.resource = role_arn, action, resource
        self.context = {key.lower(): values for key, values in context.items()}
        self.context["aws:principalarn"] = [role_arn]
        self.account_arn = ":".join(role_arn.split(":")[:5]) + ":root"

    def covered_by(self, statement, resources):
        if "NotAction" in statement or "NotResource" in statement:
            raise NotImplementedError(f"a policy has {sorted(statement)}")
        return (
            any(is_like(self.action.lower(), action.lower()) for action in as_list(statement["Action"]))
            and any(is_like(self.resource, pattern) for pattern in resources)
            and all(
                condition_holds(operator, key, wanted, self.context)
                for operator, keys in statement.get("Condition", {}).items()
                for key, wanted in keys.items()
            )
        )

    def principal_in(self, statement):
        """`role`, `account` or None: how a statement of the resource's policy names the caller."""
        if "NotPrincipal" in statement:
            raise NotImplementedError("a policy has NotPrincipal")
        principal = statement["Principal"]
        named = ["*"] if principal == "*" else as_list(principal.get("AWS", []))
        if "*" in named or self.role_arn in named:
            return "role"
        return "account" if self.account_arn in named else None


def denial_of(call, of_role, of_resource, is_key):
    """Returns why a call is denied, or None. `of_role`, `of_resource`: statements; of a resource without a policy []."""
    own = [one for one in of_role if call.covered_by(one, as_list(one["Resource"]))]
    foreign = [
        (call.principal_in(one), one)
        for one in of_resource
        # Of a key policy, `*` is this key.
        if call.covered_by(one, ["*"] if is_key else as_list(one["Resource"]))
    ]
    foreign = [(principal, one) for principal, one in foreign if principal is not None]
    if any(one["Effect"] == "Deny" for one in [*own, *(one for _, one in foreign)]):
        return "by an explicit denial"
    if any(principal == "role" for principal, _ in foreign):
        return None
    if is_key and not foreign:
        return "because the policy of the key does not allow it"
    return None if own else "because no policy of the role allows it"
