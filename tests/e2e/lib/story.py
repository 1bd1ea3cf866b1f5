"""The whole path that a newcomer sees, once through: told by the programs of this project, checked by openssl. The quick
test and the real-mail test both walk it."""

import certificates
import e2e

ALICE, BOB = "alice@example.org", "bob@example.net"
SECRET = b"Meet me at noon, behind the post office.\n"


def walk(service, check):
    ceremony(service, check)
    alice, bob = service.person("alice", ALICE), service.person("bob", BOB)
    enroll(service, check, alice, ALICE)
    enroll(service, check, bob, BOB)
    lookups(service, check)
    write_to_alice(service, check, alice, bob)
    renewal(service, check, alice)
    revocation_by_owner(service, check, alice)
    revocation_by_operator(service, check)
    check("mailcad ends cleanly on SIGTERM", service.stop() == 0, service.log()[-500:])


def ceremony(service, check):
    for certificate in service.issuing_certificates():
        code, said = e2e.run("openssl", "verify", "-x509_strict", "-CAfile", service.root_above(certificate), certificate)
        check(f"openssl verifies the issuing CA {certificate.stem}", code == 0, said)
    readable = [path for path in (service.home / "ca").rglob("*") if path.is_file() and b"PRIVATE KEY" in path.read_bytes()]
    check("no CA key lies there unsealed", not readable, readable)


def enroll(service, check, person, address):
    code, said = person.enroll(address)
    check(f"{address} enrolls without a question", code == 0, said)
    shown = service.entries(address)
    check("the exchange has one encryption certificate", len(shown) == 1 and shown[0]["role"] == ["encrypt"] and
          shown[0]["class"] == "issued", shown)
    for role, purpose in (("sign", "smimesign"), ("encrypt", "smimeencrypt"), ("timestamp", "timestampsign")):
        of_role = certificates.split(service.lookup(address, "application/pem-certificate-chain", roles=role).body)
        check(f"there is one certificate to {role}", len(of_role) == 1, len(of_role))
        for certificate in of_role:
            good, said = service.verifies(certificate, purpose)
            check(f"openssl verifies it for {purpose}", good, said)
            check("it names the mailbox", certificates.mailboxes(certificate) == [address], certificate)
    keys = list(person.home.rglob("*key*"))
    check("private keys are for their owner only", keys and all(path.stat().st_mode & 0o77 == 0 for path in keys), keys)
    code, again = person.enroll(address)
    check("enrolling again makes nothing new", len(service.entries(address)) == 1, again)


def lookups(service, check):
    answer = service.lookup(ALICE)
    check("an answer is not kept by caches", answer.headers["Cache-Control"] == "no-cache", answer.headers)
    again = service.lookup(ALICE, If_None_Match=answer.headers["ETag"])
    check("an answer that did not change is 304", again.status == 304, again)
    pem = service.lookup(ALICE, "application/pem-certificate-chain")
    der = service.lookup(ALICE, "application/pkix-cert")
    same = certificates.der(certificates.split(pem.body)[0]) == der.body
    check("PEM and DER are the same certificate", pem.status == der.status == 200 and same, pem)
    check("nobody there is an empty list in JSON", service.entries("nobody@example.org") == [])
    check("nobody there is 404 in PEM", service.lookup("nobody@example.org", "application/pem-certificate-chain").status == 404)
    check("part of an address finds nobody", service.lookup("ali").status in (400, 404))


def write_to_alice(service, check, alice, bob):
    stranger = service.person("stranger")
    code, said = stranger.mailca("lookup", ALICE)
    check("a stranger looks alice up", code == 0 and ALICE in said, said)
    letter = service.home / "letter.p7m"
    plain = service.home / "letter.txt"
    plain.write_bytes(SECRET)
    code, said = stranger.mailca("encrypt", "--to", ALICE, "-i", plain, "-o", letter)
    check("and writes to her", code == 0, said)
    shown = e2e.must("openssl", "cms", "-cmsout", "-print", "-noout", "-in", letter)
    check("openssl sees an EnvelopedData with AES-256-CBC", "aes-256-cbc" in shown and "envelopedData" in shown, shown[:600])
    check("the text is not in it", SECRET.strip() not in letter.read_bytes())
    code, said = alice.mailca("decrypt", "-i", letter)
    check("alice reads it", code == 0 and SECRET.decode().strip() in said, said)
    code, said = bob.mailca("decrypt", "-i", letter)
    check("bob cannot", code != 0 and SECRET.decode().strip() not in said, said)
    code, said = stranger.mailca("encrypt", "--to", "nobody@example.org", "-i", plain, "-o", service.home / "none.p7m")
    check("to nobody, nothing is written", code != 0 and not (service.home / "none.p7m").exists(), said)
    both = service.home / "both.p7m"
    code, said = bob.mailca("encrypt", "--from", BOB, "--to", ALICE, "-i", plain, "-o", both)
    check("bob writes to alice", code == 0, said)
    for person in (alice, bob):
        code, said = person.mailca("decrypt", "-i", both)
        check("she and he himself can read it", code == 0 and SECRET.decode().strip() in said, said)


def renewal(service, check, alice):
    code, said = alice.mailca("renew", ALICE)
    check("nothing is due yet (exit code 3)", code == 3, said)
    before = service.entries(ALICE)
    for _ in range(5):
        code, said = alice.mailca("renew", ALICE, "--force")
        if code != 4:
            break
    check("a renewal, asked for", code == 0, said)
    after = service.entries(ALICE)
    check("the exchange shows the new one first, the old one too", len(after) == 2 and after[1:] == before, after)
    code, said = alice.mailca("decrypt", "-i", service.home / "letter.p7m")
    check("the old letter can still be read", code == 0 and SECRET.decode().strip() in said, said)
    again = service.home / "again.p7m"
    code, said = service.person("stranger").mailca("encrypt", "--to", ALICE, "-i", service.home / "letter.txt", "-o", again)
    shown = e2e.must("openssl", "cms", "-cmsout", "-print", "-noout", "-in", again) if code == 0 else said
    check("a new letter is for every live certificate", shown.count("d.ktri:") + shown.count("d.kari:") == 2, shown[:600])


def revocation_by_owner(service, check, alice):
    live = [certificate for role in ("sign", "encrypt", "timestamp")
            for certificate in certificates.split(service.lookup(ALICE, "application/pem-certificate-chain", roles=role).body)]
    code, said = alice.mailca("revoke", ALICE, "--reason", "superseded")
    check("alice revokes", code == 0, said)
    gone = not service.entries(ALICE)
    check("and is gone from the answers at once", gone, service.entries(ALICE))
    code, said = service.person("stranger").mailca("encrypt", "--to", ALICE, "-i", service.home / "letter.txt")
    check("nobody encrypts to her any more", code != 0, said)
    for certificate in live:
        check(f"the CRL lists {certificate.serial_number:x}"[:28], service.crl_lists(certificate))


def revocation_by_operator(service, check):
    code, said = service.admin("revoke", "--mailbox", BOB, "--reason", "affiliationChanged")
    check("the operator's dry run names what it would revoke", code == 0 and BOB in said, said)
    check("and revokes nothing", len(service.entries(BOB)) == 1)
    encrypting = certificates.split(service.lookup(BOB, "application/pem-certificate-chain").body)[0]
    code, said = service.admin("revoke", "--mailbox", BOB, "--reason", "affiliationChanged", "--yes")
    check("with --yes it does", code == 0, said)
    check("bob is gone from the answers at once", service.entries(BOB) == [])
    check("the CRL lists him", service.crl_lists(encrypting))
