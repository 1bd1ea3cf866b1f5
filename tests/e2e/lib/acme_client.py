"""An ACME client (RFC 8555) on Python's standard library: the second implementation that the daemon is tested against.

Every request can be bent: `post` takes changes of the protected header, the body or the signature.
"""
import http.client
import json
import ssl
import time
import urllib.parse

import jose


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    @property
    def problem(self):
        """The last part of the ACME error urn, or an empty string."""
        if "application/problem+json" not in (self.headers.get("Content-Type") or ""):
            return ""
        return self.json().get("type", "").rpartition(":")[2]

    def __str__(self):
        return f"{self.status} {self.body[:400]!r}"


def request(method, url, body=None, headers=None, ca_file=None):
    """One HTTP exchange on a connection of its own."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=60,
                                                 context=ssl.create_default_context(cafile=ca_file))
    else:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body=body, headers=headers or {})
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


class AcmeError(Exception):
    def __init__(self, answer):
        super().__init__(str(answer))
        self.answer = answer


class AcmeClient:
    def __init__(self, directory_url, key, ca_file=None):
        self.key = key
        self.kid = None
        self.m_ca_file = ca_file
        answer = request("GET", directory_url, ca_file=ca_file)
        if answer.status != 200:
            raise AcmeError(answer)
        self.directory = answer.json()
        self.m_nonce = None

    def nonce(self):
        """One to use: from the last answer, or a new one."""
        nonce, self.m_nonce = self.m_nonce, None
        return nonce or request("HEAD", self.directory["newNonce"], ca_file=self.m_ca_file).headers["Replay-Nonce"]

    def protected(self, url):
        who = {"kid": self.kid} if self.kid else {"jwk": self.key.jwk}
        return {"alg": self.key.alg, "nonce": self.nonce(), "url": url, **who}

    def post(self, url, payload, /, key=None, content_type="application/jose+json", **changes):
        """`payload` is a dict, None for POST-as-GET, or bytes. A change of None leaves the header field out."""
        protected = self.protected(url) | changes
        protected = {name: value for name, value in protected.items() if value is not None}
        octets = b"" if payload is None else payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        return self.post_raw(url, json.dumps(jose.flattened(key or self.key, protected, octets)), content_type)

    def post_raw(self, url, body, content_type="application/jose+json"):
        answer = request("POST", url, body, {"Content-Type": content_type}, self.m_ca_file)
        self.m_nonce = answer.headers.get("Replay-Nonce")
        return answer

    def good(self, url, payload=None, /, **changes):
        """The same, for requests that have to succeed."""
        answer = self.post(url, payload, **changes)
        if answer.status not in (200, 201):
            raise AcmeError(answer)
        return answer

    def register(self, **more):
        answer = self.good(self.directory["newAccount"], {"termsOfServiceAgreed": True, **more})
        self.kid = answer.headers["Location"]
        return answer

    def new_order(self, mailbox, identifier_type="email", **more):
        payload = {"identifiers": [{"type": identifier_type, "value": mailbox}], **more}
        answer = self.good(self.directory["newOrder"], payload)
        order = answer.json()
        order["location"] = answer.headers["Location"]
        return order

    def challenge_of(self, order):
        """(authorization, its email-reply-00 challenge). Fetching it is what releases the challenge mail (A14)."""
        authorization = self.good(order["authorizations"][0]).json()
        challenges = [one for one in authorization["challenges"] if one["type"] == "email-reply-00"]
        return authorization, challenges[0]

    def wait(self, url, until, patience=60):
        """Polls an order or authorization until its status is one of `until`."""
        deadline = time.monotonic() + patience
        while True:
            answer = self.good(url)
            if answer.json()["status"] in until:
                return answer.json()
            if time.monotonic() > deadline:
                raise TimeoutError(f"{url} is still {answer.json()}")
            time.sleep(min(1.0, float(answer.headers.get("Retry-After") or 0.3)))

    def finalize(self, order, csr):
        """Hands in the CSR (DER); gives the certificate chain, PEM."""
        answer = self.good(order["finalize"], {"csr": jose.b64u(csr)})
        done = answer.json()
        if done["status"] != "valid":
            done = self.wait(order["location"], ("valid", "invalid"))
        if done["status"] != "valid":
            raise RuntimeError(f"the order ended {done}")
        return self.good(done["certificate"]).body
