"""Access tokens that must not be believed: the attack list of security test S3, made from a real one."""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec import UNSET

from people import AUDIENCE, ISSUER, People
from taskmanager.accounts.signin import Grant

ORDER: Final = 2**252 + 27742317777372353535851937790883648493
"""Of Ed25519's base point: S and S + ORDER solve the same equation."""


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(frozen=True)
class Forger:
    """Knows a real token, and the real key: most of its tokens are signed rightly and wrong otherwise."""

    token: str
    kid: str
    key: Ed25519PrivateKey
    claims: dict[str, Any]

    @property
    def header(self) -> dict[str, Any]:
        return {"alg": "EdDSA", "typ": "at+jwt", "kid": self.kid}

    def sign(self, header: object, claims: object, key: Ed25519PrivateKey | None = None) -> str:
        signed = f"{self.part(header)}.{self.part(claims)}"
        return f"{signed}.{b64((key or self.key).sign(signed.encode()))}"

    def with_header(self, **members: object) -> str:
        return self.sign(_present({**self.header, **members}), self.claims)

    def with_claims(self, **members: object) -> str:
        return self.sign(self.header, _present({**self.claims, **members}))

    @staticmethod
    def part(value: object) -> str:
        return b64(value if isinstance(value, bytes) else msgspec.json.encode(value))


def _present(members: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in members.items() if value is not UNSET}


async def rightly_signed(people: People, session_id: str) -> str:
    """The harness's own token without any fault: the control that shows its other ones fail by their faults."""
    forger = await _forger(people, await people.access.issue("somebody", session_id))
    return forger.with_claims(jti="one of our own")


async def forged_tokens(people: People, grant: Grant) -> dict[str, str]:
    """By what is wrong with them."""
    forger = await _forger(people, grant.answer.access_token)
    families = (_algorithms, _types, _headers, _kids, _times, _claims, _encodings, _json, _signatures, _shapes)
    named = [pair for family in families for pair in family(forger)]
    assert len({name for name, _ in named}) == len(named)
    assert forger.token not in {token for _, token in named}
    return dict(named)


async def _forger(people: People, token: str) -> Forger:
    signer = await people.keys.signer()
    claims = msgspec.json.decode(unb64(token.split(".")[1]))
    assert (claims["iss"], claims["aud"]) == (ISSUER, AUDIENCE)
    return Forger(token, signer.kid, signer.private, claims)


Named = Iterator[tuple[str, str]]


def _algorithms(forger: Forger) -> Named:
    body = forger.part(forger.claims)
    signature = forger.token.split(".")[2]
    for none in ("none", "None", "NONE", "nOnE"):
        header = forger.part({**forger.header, "alg": none})
        yield f"alg {none} without a signature", f"{header}.{body}."
        yield f"alg {none} with the real signature", f"{header}.{body}.{signature}"
    public = forger.key.public_key()
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": b64(public.public_bytes_raw())}
    shared = {
        "PEM": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "DER": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "raw bytes": public.public_bytes_raw(),
        "JWK": msgspec.json.encode(jwk),
        "empty text": b"",
    }
    for form, key in shared.items():
        signed = f"{forger.part({**forger.header, 'alg': 'HS256'})}.{body}"
        yield f"HS256 keyed with the public key as {form}", f"{signed}.{b64(hmac.digest(key, signed.encode(), sha256))}"
    curve = ec.generate_private_key(ec.SECP256R1())
    signed = f"{forger.part({**forger.header, 'alg': 'ES256'})}.{body}"
    r, s = utils.decode_dss_signature(curve.sign(signed.encode(), ec.ECDSA(SHA256())))
    yield "ES256 with a key of one's own", f"{signed}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
    yield "ES256 with r = s = 0", f"{signed}.{b64(bytes(64))}"
    for alg in ("EDDSA", "eddsa", "EdDSA ", "Ed25519", "RS256", "", None, 1, ["EdDSA"]):
        yield f"alg {alg!r} signed with the real key", forger.with_header(alg=alg)
    yield "no alg", forger.with_header(alg=UNSET)


def _types(forger: Forger) -> Named:
    for typ in ("JWT", "jwt", "AT+JWT", "application/at+jwt", "id_token", "rt+jwt", "", None):
        yield f"typ {typ!r}", forger.with_header(typ=typ)
    yield "no typ", forger.with_header(typ=UNSET)


def _headers(forger: Forger) -> Named:
    own = Ed25519PrivateKey.generate()
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": b64(own.public_key().public_bytes_raw())}
    extra: dict[str, object] = {
        "crit": ["exp"],
        "b64": False,
        "cty": "JWT",
        "zip": "DEF",
        "jku": "https://evil.example/jwks.json",
        "x5u": "https://evil.example/chain.pem",
        "x5c": ["MIIB"],
        "x5t": "AAAA",
        "jwk": jwk,
        "nonce": "x",
    }
    for member, value in extra.items():
        yield f"header with {member}, signed with the real key", forger.with_header(**{member: value})
    yield "signed with the key its jwk header brings", forger.sign({**forger.header, "jwk": jwk}, forger.claims, own)
    yield "signed with a stranger's key", forger.sign(forger.header, forger.claims, own)


def _kids(forger: Forger) -> Named:
    kids: dict[str, object] = {
        "a path": "../../../../dev/null",
        "SQL": "' UNION SELECT 'AAAA' --",
        "a URL": "https://evil.example/key",
        "10 kB": "k" * 10_000,
        "2 kB": "k" * 2_000,
        "empty": "",
        "null": None,
        "a number": 1,
        "an operator": {"$ne": None},
        "a NUL": "\0",
        "in another case": forger.kid.swapcase(),
        "with a blank": forger.kid + " ",
        "unknown": secrets.token_urlsafe(12),
    }
    for name, kid in kids.items():
        yield f"kid is {name}", forger.with_header(kid=kid)
    yield "no kid", forger.with_header(kid=UNSET)


def _times(forger: Forger) -> Named:
    now = forger.claims["iat"]
    yield "expired", forger.with_claims(iat=now - 700, exp=now - 100)
    yield "not valid yet (nbf)", forger.with_claims(nbf=now + 300)
    yield "issued in the future", forger.with_claims(iat=now + 120, exp=now + 720)
    yield "expires before it is issued", forger.with_claims(iat=now + 30, exp=now + 20)
    for exp in (str(now + 600), float(now + 600) + 0.5, None, True, [now + 600], -1, 0):
        yield f"exp {exp!r}", forger.with_claims(exp=exp)
    for number in ("1e400", "NaN", "Infinity", "1" + "0" * 400, f"{now + 600}.0", f"{now + 600}e0"):
        claims = msgspec.json.encode(forger.claims).replace(f'"exp":{now + 600}'.encode(), f'"exp":{number}'.encode())
        yield f"exp written {number[:12]}", forger.sign(forger.header, claims)
    yield "iat as text", forger.with_claims(iat=str(now))


def _claims(forger: Forger) -> Named:
    for name in ("iss", "aud", "sub", "sid", "jti", "iat", "exp"):
        yield f"no {name}", forger.with_claims(**{name: UNSET})
    wrong: dict[str, tuple[object, ...]] = {
        "aud": ("billing", [AUDIENCE], [AUDIENCE, "billing"], AUDIENCE.upper(), AUDIENCE + " ", "", None),
        "iss": ("https://evil.example", ISSUER + "/", ISSUER.upper(), "", None, [ISSUER]),
        "sub": (None, 1, ["admin"], {"$ne": None}),
    }
    for name, values in wrong.items():
        for value in values:
            yield f"{name} {value!r}", forger.with_claims(**{name: value})
    yield "a claim nobody knows", forger.with_claims(admin=True)
    openid = {"iss": ISSUER, "sub": forger.claims["sub"], "aud": AUDIENCE, "exp": forger.claims["exp"], "nonce": "n"}
    yield "an id token as access token", forger.sign({**forger.header, "typ": "JWT"}, openid)
    yield "an id token that says it is an access token", forger.sign(forger.header, openid)


def _encodings(forger: Forger) -> Named:
    header, claims, signature = forger.token.split(".")
    yield "padded signature", f"{forger.token}=="
    yield "padded claims", f"{header}.{claims}{'=' * (-len(claims) % 4 or 4)}.{signature}"
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    stray = alphabet[alphabet.index(signature[-1]) | 1]
    yield "stray bits at the signature's end", f"{header}.{claims}.{signature[:-1]}{stray}"
    yield "a line break at the end", forger.token + "\n"
    yield "a blank in front", " " + forger.token
    yield "a line break inside the signature", f"{header}.{claims}.{signature[:40]}\n{signature[40:]}"
    yield "a character outside the alphabet", f"{header}.{claims}.{signature}!"
    yield "the standard alphabet", f"{header}.{claims}.{'+/' + signature[2:]}"
    yield "a full-width letter", forger.token.replace("e", "\uff45", 1)
    yield "a lone surrogate", forger.token + "\ud800"
    yield "a NUL", forger.token + "\0"
    yield "Bearer in front", "Bearer " + forger.token


def _json(forger: Forger) -> Named:
    header, claims = msgspec.json.encode(forger.header), msgspec.json.encode(forger.claims)
    sub = f'"sub":"{forger.claims["sub"]}"'.encode()
    yield "sub twice, ours last", forger.sign(header, claims.replace(sub, b'"sub":"admin",' + sub))
    yield "sub twice, ours first", forger.sign(header, claims.replace(sub, sub + b',"sub":"admin"'))
    yield "exp twice", forger.sign(header, claims[:-1] + b',"exp":99999999999}')
    yield "alg twice", forger.sign(header[:-1] + b',"alg":"none"}', claims)
    yield "alg twice, the good one last", forger.sign(b'{"alg":"none",' + header[1:], claims)
    yield "blanks in the claims", forger.sign(header, claims.replace(b",", b", "))
    yield "an escaped member name", forger.sign(header, claims.replace(b'"sub"', b'"\\u0073ub"'))
    yield "members in another order", forger.sign(header, dict(reversed(forger.claims.items())))
    yield "a byte order mark", forger.sign(header, b"\xef\xbb\xbf" + claims)
    yield "UTF-16", forger.sign(header, claims.decode().encode("utf-16"))
    yield "bytes that are no UTF-8", forger.sign(header, claims.replace(sub, b'"sub":"\xff"'))
    yield "something after the claims", forger.sign(header, claims + b"{}")
    yield "claims that are a list", forger.sign(header, [forger.claims])
    yield "claims that are null", forger.sign(header, b"null")
    yield "claims that are nothing", forger.sign(header, b"")
    yield "a header that is text", forger.sign("EdDSA", claims)
    yield "very deep JSON in the claims", forger.sign(header, b"[" * 2_500)
    yield "very deep JSON in the header", forger.sign(b'{"kid":' + b"[" * 2_500, claims)
    yield "very deep JSON in an unknown claim", forger.sign(header, claims[:-1] + b',"x":' + b"[" * 2_200)


def _signatures(forger: Forger) -> Named:
    header, claims, signature = forger.token.split(".")
    real = unb64(signature)
    s = int.from_bytes(real[32:], "little")
    signatures = {
        "a malleable S": real[:32] + (s + ORDER).to_bytes(32, "little"),
        "S = 0": real[:32] + bytes(32),
        "all zero": bytes(64),
        "the neutral point and S = 0": b"\x01" + bytes(63),
        "a point of small order": bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")
        + bytes(32),
        "63 bytes": real[:-1],
        "65 bytes": real + b"\0",
        "twice": real + real,
        "nothing": b"",
        "of another text": forger.key.sign(b"another text"),
        "of the claims alone": forger.key.sign(claims.encode()),
        "R and S swapped": real[32:] + real[:32],
    }
    for name, bad in signatures.items():
        yield f"signature: {name}", f"{header}.{claims}.{b64(bad)}"
    other = forger.part({**forger.claims, "sub": "admin"})
    yield "claims swapped under a real signature", f"{header}.{other}.{signature}"


def _shapes(forger: Forger) -> Named:
    header, claims, signature = forger.token.split(".")
    yield "nothing", ""
    yield "two dots", ".."
    yield "no signature part", f"{header}.{claims}"
    yield "an empty signature", f"{header}.{claims}."
    yield "four parts", f"{forger.token}.{signature}"
    yield "five parts, as encrypted ones have", f"{header}.{claims}.{signature}.{signature}.{signature}"
    yield "truncated", forger.token[:-10]
    yield "cut in the claims", forger.token[: len(header) + 40]
    yield "as JSON", msgspec.json.encode({"protected": header, "payload": claims, "signature": signature}).decode()
    yield "1 MB", f"{header}.{claims}.{'A' * 1_000_000}"
    yield "1 MB of dots", "." * 1_000_000
    yield "just over 4 kB", forger.with_claims(jti="j" * 3_000)
