"""Uses the reference product's public client Alloy (PyPI ironcore-alloy), unmodified, against a server.

    check.py <server> <API key>

The server must have the tenants of test/conformance/tsc.test.ts. Prints one line for each check.
"""

import asyncio
import sys
import urllib.error
import urllib.request

import ironcore_alloy as alloy

SERVER, API_KEY = sys.argv[1:3]
DIRECT, LEASED = "direct", "leased"
DOCUMENT = {"ssn": b"000-12-2345", "name": b"Jim Bridger"}
FIELD = alloy.PlaintextField(plaintext_field=b"123-45-6789", secret_path="ssn", derivation_path="people")
VECTOR = alloy.PlaintextVector(plaintext_vector=[1.0, 2.0, 3.0], secret_path="faces", derivation_path="people")


class Http(alloy.HttpClient):
    async def post_json(self, url, json_body, headers):
        def send():
            names = {"Content-Type": headers.content_type, "Authorization": headers.authorization}
            request = urllib.request.Request(url, data=json_body.encode(), headers=names, method="POST")
            try:
                with urllib.request.urlopen(request) as reply:
                    return reply.status, reply.read().decode()
            except urllib.error.HTTPError as error:
                return error.code, error.read().decode()

        status, body = await asyncio.to_thread(send)
        return alloy.AlloyHttpClientResponse(json_body=body, status_code=status)


def check(name, got, wanted):
    ok = got == wanted
    print(f"{'ok' if ok else 'FAILED'}  {name}" + ("" if ok else f": {got!r}, not {wanted!r}"), flush=True)


def shield(legacy=False, api_key=API_KEY):
    config = alloy.SaasShieldConfiguration(
        tsp_uri=SERVER,
        api_key=api_key,
        approximation_factor=1.0,
        http_client=Http(),
        legacy_tsc_write_format=legacy,
        allow_insecure_http=True,
    )
    return alloy.SaasShield(config)


def about(tenant):
    return alloy.AlloyMetadata(
        tenant_id=tenant,
        requesting_user_or_service_id="serviceOrUserId",
        data_label="PII",
        source_ip=None,
        object_id=None,
        request_id=None,
        other_data={"field1": "gumby"},
    )


async def code_of(call):
    try:
        return f"no error: {await call!r}"
    except alloy.AlloyError.TspError as error:
        return error.tsp_code, error.http_code


async def documents(tenant, legacy):
    name = f"{tenant}{', older form' if legacy else ''}"
    metadata = about(tenant)
    standard = shield(legacy).standard()
    encrypted = await standard.encrypt(dict(DOCUMENT), metadata)
    check(f"{name}: a document comes back", await standard.decrypt(encrypted, metadata), DOCUMENT)
    if not legacy:
        prefix = standard.get_searchable_edek_prefix(1)
        check(f"{name}: the EDEK says which configuration it is under", encrypted.edek.startswith(prefix), True)
    batch = await standard.encrypt_batch({"a": dict(DOCUMENT), "b": dict(DOCUMENT)}, metadata)
    check(f"{name}: a batch is encrypted", (sorted(batch.successes), batch.failures), (["a", "b"], {}))
    opened = await standard.decrypt_batch(batch.successes, metadata)
    check(f"{name}: a batch is decrypted", opened.successes, {"a": DOCUMENT, "b": DOCUMENT})
    other = LEASED if tenant == DIRECT else DIRECT
    moved = await standard.rekey_edeks({"a": encrypted.edek}, metadata, other)
    document = alloy.EncryptedDocument(edek=moved.successes["a"], document=encrypted.document)
    check(f"{name}: rekeyed to another tenant", await standard.decrypt(document, about(other)), DOCUMENT)
    check(f"{name}: and of the old one no more", await code_of(standard.decrypt(document, metadata)), (203, 400))
    attached = shield(legacy).standard_attached()
    sealed = await attached.encrypt(b"attached", metadata)
    check(f"{name}: with the EDEK attached", await attached.decrypt(sealed, metadata), b"attached")


async def fields(tenant):
    metadata = about(tenant)
    deterministic = shield().deterministic()
    encrypted = await deterministic.encrypt(FIELD, metadata)
    check(f"{tenant}: a field comes back", await deterministic.decrypt(encrypted, metadata), FIELD)
    check(f"{tenant}: the same again", await deterministic.encrypt(FIELD, metadata), encrypted)
    query = await deterministic.generate_query_field_values({"q": FIELD}, metadata)
    check(f"{tenant}: a query finds it", query["q"], [encrypted])
    vectors = shield().vector()
    opened = await vectors.decrypt(await vectors.encrypt(VECTOR, metadata), metadata)
    near = all(abs(a - b) < 0.01 for a, b in zip(opened.plaintext_vector, VECTOR.plaintext_vector))
    check(f"{tenant}: a vector comes back", near, True)


async def events():
    standard = shield().standard()
    for category, named in [("USER", alloy.UserEvent), ("ADMIN", alloy.AdminEvent), ("DATA", alloy.DataEvent), ("PERIODIC", alloy.PeriodicEvent)]:
        for event in named:
            said = getattr(alloy.SecurityEvent, category)(event)
            result = await standard.log_security_event(said, about(DIRECT), 1_700_000_000_000)
            check(f"event {category}_{event.name}", result, None)


async def errors():
    standard = shield().standard()
    wrong = shield(api_key="A" * 43 + "=").standard()
    check("a wrong API key", await code_of(wrong.encrypt(dict(DOCUMENT), about(DIRECT))), (101, 401))
    for tenant, code in [("nobody", 201), ("inactive", 201), ("no-primary", 200)]:
        check(f"tenant {tenant}", await code_of(standard.encrypt(dict(DOCUMENT), about(tenant))), (code, 400))


async def main():
    for tenant in (DIRECT, LEASED):
        for legacy in (False, True):
            await documents(tenant, legacy)
        await fields(tenant)
    await events()
    await errors()


asyncio.run(main())
