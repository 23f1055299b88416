"""Verifies COSE receipts with pycose and cbor2, which share nothing with this project, and the inclusion proof anew.

Usage: check.py FILE... Each file is JSON: {"receipt": base64, "key": base64 of SubjectPublicKeyInfo, "issuer", "size",
"index", "record"}. Prints a line of JSON a file: {"file", "problem"}; problem is null for a receipt that holds.
"""

import base64
import hashlib
import json
import sys

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from pycose.algorithms import EdDSA, Es256
from pycose.headers import Algorithm, KID
from pycose.keys import EC2Key, OKPKey
from pycose.keys.curves import P256, Ed25519
from pycose.messages import CoseMessage, Sign1Message


def cose_key(spki):
    key = load_der_public_key(spki)
    if isinstance(key, ed25519.Ed25519PublicKey):
        return OKPKey(crv=Ed25519, x=key.public_bytes(Encoding.Raw, PublicFormat.Raw))
    assert isinstance(key, ec.EllipticCurvePublicKey)
    numbers = key.public_numbers()
    return EC2Key(crv=P256, x=numbers.x.to_bytes(32, "big"), y=numbers.y.to_bytes(32, "big"))


def sha256(data):
    return hashlib.sha256(data).digest()


def root_of(size, index, path, entry):
    """RFC 9162, section 2.1.3.2, by recursion from the root (its definition in 2.1.3.1), not by the algorithm given there."""
    if size == 1:
        assert not path and index == 0, "the path is too long"
        return sha256(b"\x00" + entry)
    assert path, "the path is too short"
    split = 1 << ((size - 1).bit_length() - 1)
    if index < split:
        return sha256(b"\x01" + root_of(split, index, path[:-1], entry) + path[-1])
    return sha256(b"\x01" + path[-1] + root_of(size - split, index - split, path[:-1], entry))


def check(about):
    raw = base64.b64decode(about["receipt"])
    tag = cbor2.loads(raw)
    assert tag.tag == 18 and len(tag.value) == 4, "not a tagged COSE_Sign1"
    header, unprotected, payload, _ = tag.value
    assert payload is None, "the payload must be detached"
    assert cbor2.dumps(tag, canonical=True) == raw, "not deterministic"
    assert cbor2.dumps(cbor2.loads(header), canonical=True) == header, "the header is not deterministic"
    signed = cbor2.loads(header)
    assert signed[395] == 1, "not RFC9162_SHA256"
    assert signed[15][1] == about["issuer"], "another issuer"
    assert set(unprotected[396]) == {-1} and len(unprotected[396][-1]) == 1, "not one inclusion proof"
    size, index, path = cbor2.loads(unprotected[396][-1][0])
    assert (size, index) == (about["size"], about["index"]), "another leaf"
    root = root_of(size, index, path, about["record"].encode())

    message = CoseMessage.decode(raw)
    assert isinstance(message, Sign1Message)
    assert message.phdr[Algorithm] in (EdDSA, Es256)
    assert len(message.phdr[KID]) == 4
    message.key = cose_key(base64.b64decode(about["key"]))
    assert message.verify_signature(detached_payload=root), "the signature does not verify"


def problem_of(path):
    with open(path, encoding="utf-8") as file:
        about = json.load(file)
    try:
        check(about)
        return None
    except Exception as error:  # every kind of refusal is one
        return f"{type(error).__name__}: {error}"


for path in sys.argv[1:]:
    print(json.dumps({"file": path, "problem": problem_of(path)}))
