"""email-reply-00 from the client's side (RFC 8823 section 3), step by step, in either order."""
import jose
import mailbox as mail


def fetch_challenge(client, box, order):
    """(authorization, challenge, challenge mail)."""
    known = len(box.challenges())
    authorization, challenge = client.challenge_of(order)
    return authorization, challenge, box.wait_for_challenge(known)


def digest_for(client, challenge, letter, reading="strings"):
    return jose.reply_digest(mail.token_part1(letter), challenge["token"], client.key.jwk, reading)


def prove(client, box, order, reading="strings", reply_first=True):
    """Answers the challenge; gives the authorization as it ended and the challenge mail."""
    _, challenge, letter = fetch_challenge(client, box, order)
    digest = digest_for(client, challenge, letter, reading)
    if reply_first:
        box.answer(letter, digest)
        client.good(challenge["url"], {})
    else:
        client.good(challenge["url"], {})
        box.answer(letter, digest)
    return client.wait(order["authorizations"][0], ("valid", "invalid")), letter


def certificate_for(client, box, csr, identifier_type="email", **how):
    """The whole walk; gives the certificate chain, PEM."""
    order = client.new_order(box.address, identifier_type)
    authorization, _ = prove(client, box, order, **how)
    if authorization["status"] != "valid":
        raise RuntimeError(f"the authorization ended {authorization}")
    return client.finalize(order, csr)
