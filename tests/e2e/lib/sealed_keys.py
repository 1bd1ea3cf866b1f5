"""Opens a sealed CA key as ca/key_store.h describes the file, with PyNaCl: a second implementation of the format."""
import nacl.bindings
import nacl.pwhash
from cryptography.hazmat.primitives import serialization

MAGIC = b"mailca sealed 1\n"
SUM = 32


def private_scalar(path, passphrase):
    """The private number of an elliptic key."""
    sealed = path.read_bytes()
    assert sealed.startswith(MAGIC)
    operations, memory = (int.from_bytes(sealed[at:at + 8], "big") for at in (16, 24))
    salt, nonce, header = sealed[32:48], sealed[48:72], sealed[:72]
    key = nacl.pwhash.argon2id.kdf(32, passphrase, salt, opslimit=operations, memlimit=memory)
    plain = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed[72:-SUM], header, nonce, key)
    return serialization.load_der_private_key(plain, None).private_numbers().private_value
