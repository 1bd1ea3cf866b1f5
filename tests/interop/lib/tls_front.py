"""TLS in front of a daemon, for clients that refuse plain http even on loopback: octets go through as they are."""
import selectors
import socket
import ssl
import threading

import e2e
import processes


class TlsFront:
    """`certificate` is the file that its clients have to trust; connections end with the program."""

    def __init__(self, folder, target_port):
        self.port = processes.free_port()
        self.url = f"https://localhost:{self.port}"
        self.certificate, key = folder / "front.pem", folder / "front.key"
        e2e.must("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/",
                 "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", self.certificate)
        self.m_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.m_context.load_cert_chain(self.certificate, key)
        self.m_target = target_port
        self.m_listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self.m_accept, daemon=True).start()

    def m_accept(self):
        while True:
            connection, _ = self.m_listener.accept()
            threading.Thread(target=self.m_serve, args=(connection,), daemon=True).start()

    def m_serve(self, connection):
        try:
            with self.m_context.wrap_socket(connection, server_side=True) as client, \
                    socket.create_connection(("127.0.0.1", self.m_target)) as server:
                relay(client, server)
        except OSError as error:
            print(f"TLS front: {error}", flush=True)


def relay(client, server):
    """Until either of them has ended."""
    with selectors.DefaultSelector() as selector:
        selector.register(client, selectors.EVENT_READ, server)
        selector.register(server, selectors.EVENT_READ, client)
        while True:
            for key, _ in selector.select():
                octets = key.fileobj.recv(65536)
                while isinstance(key.fileobj, ssl.SSLSocket) and key.fileobj.pending():  # what select cannot see
                    octets += key.fileobj.recv(65536)
                if not octets:
                    return
                key.data.sendall(octets)
