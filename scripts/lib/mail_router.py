"""One SMTP door for a daemon that has two mail worlds behind it: each recipient's domain decides where a mail goes on to."""
import asyncio
import smtplib

from aiosmtpd.controller import Controller


class Router:
    """`routes`: domain to port on loopback; mail for other domains goes to `elsewhere`."""

    def __init__(self, port, routes, elsewhere):
        self.m_routes, self.m_elsewhere = routes, elsewhere
        self.m_controller = Controller(self, hostname="127.0.0.1", port=port, enable_SMTPUTF8=True)

    def start(self):
        self.m_controller.start()

    def stop(self):
        self.m_controller.stop()

    async def handle_DATA(self, server, session, envelope):
        """aiosmtpd calls it. Whatever the next server says is what the daemon hears."""
        return await asyncio.to_thread(self.m_pass_on, envelope)

    def m_pass_on(self, envelope):
        try:
            for recipient in envelope.rcpt_tos:
                port = self.m_routes.get(recipient.rpartition("@")[2], self.m_elsewhere)
                with smtplib.SMTP("127.0.0.1", port, timeout=30) as onward:
                    onward.sendmail(envelope.mail_from, [recipient], envelope.content)
        except (OSError, smtplib.SMTPException) as error:
            return f"451 4.4.1 not passed on: {type(error).__name__}"
        return "250 2.0.0 Ok"
