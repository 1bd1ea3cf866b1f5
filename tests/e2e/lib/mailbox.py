"""A subscriber's side of the mail: find the challenge in a Maildir, write the reply, hand it in."""
import email
import email.policy
import pathlib
import re
import smtplib
import time

TOKEN = re.compile(r"ACME:\s+(\S+)\s*$")


class Mailbox:
    def __init__(self, address, maildir, submission_port):
        self.address = address
        self.m_maildir = pathlib.Path(maildir)
        self.m_port = submission_port

    def challenges(self):
        """Every challenge mail that lies here, oldest first."""
        files = sorted((path for part in ("new", "cur") for path in (self.m_maildir / part).glob("*")),
                       key=lambda path: path.stat().st_mtime_ns)
        mails = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in files]
        return [mail for mail in mails if TOKEN.match(str(mail["Subject"]))]

    def wait_for_challenge(self, known=0, patience=60):
        """The newest challenge mail once there are more than `known`."""
        deadline = time.monotonic() + patience
        while len(self.challenges()) <= known:
            if time.monotonic() > deadline:
                raise TimeoutError(f"no challenge mail came to {self.address}")
            time.sleep(0.1)
        return self.challenges()[-1]

    def reply(self, challenge, digest, **more):
        """The reply as a bare client writes it (interop.md 5.1): raw lines, no MIME, no Date."""
        fields = {"From": self.address, "To": str(challenge["Reply-To"] or challenge["From"]),
                  "In-Reply-To": str(challenge["Message-ID"]), "Subject": f"Re: {challenge['Subject']}"} | more
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
        return head + "\r\n" + response_block(digest)

    def submit(self, text, recipient, port=None):
        deliver(port or self.m_port, self.address, recipient, text)

    def answer(self, challenge, digest, **more):
        self.submit(self.reply(challenge, digest, **more), str(challenge["Reply-To"] or challenge["From"]))


def token_part1(challenge):
    return TOKEN.match(str(challenge["Subject"])).group(1)


def response_block(digest):
    return f"-----BEGIN ACME RESPONSE-----\r\n{digest}\r\n-----END ACME RESPONSE-----\r\n"


def deliver(port, sender, recipient, message):
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as smtp:
        smtp.sendmail(sender, [recipient], message if isinstance(message, bytes) else message.encode())
