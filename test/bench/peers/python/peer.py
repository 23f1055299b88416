# Enciphers values with fastfpe or libffx, for `npm run bench -- --peers`. The first argument names the package; the others,
# and the lines, are as for the peer in Go.
import sys


def cipher_of(package, key, tweak, alphabet):
    if package == "fastfpe":
        from fastfpe import ff1

        return lambda value: ff1.encrypt(key, tweak, alphabet, value)
    from ffx import FF1

    cipher = FF1(bytes.fromhex(key), alphabet=alphabet)
    tweak_bytes = bytes.fromhex(tweak)
    return lambda value: cipher.encrypt(value, tweak=tweak_bytes)


package, key, tweak, alphabet, file = sys.argv[1:]
encrypt = cipher_of(package, key, tweak, alphabet)
with open(file, encoding="ascii") as values_file:
    values = values_file.read().split()
tokens = []
for line in sys.stdin:
    if line.strip() == "run":
        tokens = [encrypt(value) for value in values]
        print("done", flush=True)
    else:
        print(" ".join(tokens), flush=True)
