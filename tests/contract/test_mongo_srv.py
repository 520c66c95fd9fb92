"""An address of the form `mongodb+srv://…`, as Atlas gives it, answered by a name server of the test's own."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import dns.asyncresolver
import dns.flags
import dns.message
import dns.rdatatype
import dns.resolver
import dns.rrset
import pytest

from builders import NOW, a_task, an_id, put
from replica_set import NAME, PATIENT, ReplicaSet
from taskmanager.storage import CannotOpen
from taskmanager.storage.mongo import open_mongo
from taskmanager.tasks.model import TASK

CLUSTER: Final = "cluster.example.test"
MEMBER: Final = "member-{}.example.test"
LONGEST: Final = 512


class NameServer(threading.Thread):
    """Knows the members of a replica set, and what a TXT record says of it; nothing else."""

    def __init__(self, listener: socket.socket, replicas: ReplicaSet, options: str) -> None:
        super().__init__(daemon=True)
        self.asked: list[str] = []
        self._listener = listener
        members = [f"0 0 {m.port} {MEMBER.format(n)}." for n, m in enumerate(replicas.members)]
        self._known = {f"_mongodb._tcp.{CLUSTER}. SRV": members, f"{CLUSTER}. TXT": [f'"{options}"']}

    def run(self) -> None:
        while True:
            raw, whence = self._listener.recvfrom(LONGEST)
            if not raw:
                return
            self._listener.sendto(self._answer(dns.message.from_wire(raw)).to_wire(), whence)

    def _answer(self, query: dns.message.Message) -> dns.message.Message:
        (question,) = query.question
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append(f"{question.name} {kind}")
        answer = dns.message.make_response(query)
        if known := self._known.get(self.asked[-1]):
            answer.answer.append(dns.rrset.from_text_list(question.name, 60, "IN", kind, known))
        return answer


@contextmanager
def name_server(replicas: ReplicaSet, options: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[NameServer]:
    """What this process asks of names goes to it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        server = NameServer(listener, replicas, options)
        server.start()
        ours = dns.asyncresolver.Resolver(configure=False)
        ours.nameservers, ours.port = ["127.0.0.1"], listener.getsockname()[1]
        monkeypatch.setattr(dns.asyncresolver, "default_resolver", ours)
        lookup = socket.getaddrinfo

        def local(host: Any, *rest: Any, **named: Any) -> Any:
            return lookup("127.0.0.1" if str(host).endswith(".example.test") else host, *rest, **named)

        monkeypatch.setattr(socket, "getaddrinfo", local)
        yield server
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", listener.getsockname())
        server.join()


async def test_a_set_is_found_by_its_srv_record_with_the_options_of_its_txt_record(
    replica_set: ReplicaSet, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"mongodb+srv://{CLUSTER}/{database}?tls=false&{PATIENT}"
    with name_server(replica_set, f"replicaSet={NAME}", monkeypatch) as server:
        storage = await open_mongo(url)
        ws = an_id()
        task = a_task(ws)
        await storage.workspaces.commit(ws, [put(task)], by=ws, now=NOW)
        await storage.close()
    assert {f"_mongodb._tcp.{CLUSTER}. SRV", f"{CLUSTER}. TXT"} <= set(server.asked)
    direct = await open_mongo(replica_set.url(database, PATIENT))
    assert await direct.workspaces.get(ws, TASK, [task.id]) == {task.id: task}
    await direct.close()


async def test_the_options_of_the_txt_record_are_held_to(
    replica_set: ReplicaSet, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the first: with the name of another set no member is good."""
    url = f"mongodb+srv://{CLUSTER}/{database}?tls=false&timeoutMS=1000"
    monkeypatch.setattr("taskmanager.storage.mongo.OPEN_SECONDS", 1.0)
    with name_server(replica_set, "replicaSet=another", monkeypatch), pytest.raises(CannotOpen):
        await open_mongo(url)


async def test_an_srv_address_without_a_record_is_refused_in_one_line(
    replica_set: ReplicaSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    with name_server(replica_set, "", monkeypatch), pytest.raises(CannotOpen) as refused:
        await open_mongo("mongodb+srv://ada:secret@elsewhere.example.test/x?tls=false")
    assert "\n" not in str(refused.value)
    assert "secret" not in str(refused.value)
