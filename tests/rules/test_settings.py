import dataclasses
import ipaddress
import stat
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from taskmanager.settings import RatePolicy, Settings, WrongSetting, describe, load, read_settings
from taskmanager.settings.reading import read_tree, setting
from taskmanager.settings.values import rate_policy, whole

EXAMPLES = {name: example for name, _, example in describe(Settings)}
LEAF_NAMES = list(EXAMPLES)


def refusal(**environment: str) -> str:
    with pytest.raises(WrongSetting) as refused:
        read_settings({f"TASKMANAGER_{name}": text for name, text in environment.items()})
    line = str(refused.value)
    assert "\n" not in line
    return line


def test_without_variables_everything_has_its_documented_default() -> None:
    settings = read_settings({"PATH": "/usr/bin", "TEST_CHROMIUM": "/usr/bin/chromium"})
    assert settings == Settings()
    assert (settings.host, settings.port, settings.data_dir) == ("127.0.0.1", 8000, Path("data"))
    assert (settings.trash_days, settings.history_days, settings.trusted_proxies) == (30, 365, ())
    assert settings.rate_limit == RatePolicy(count=600, window_seconds=60, by_ip=False)
    absent = (settings.storage_url, settings.redis_url, settings.public_url, settings.log_dir)
    assert absent == (None, None, None, None)


def test_the_tree_cannot_be_changed_after_it_was_read() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        read_settings({}).port = 1  # type: ignore[misc]  # the assignment that must fail


def test_every_value_is_read_into_its_type() -> None:
    settings = read_settings(
        {
            "TASKMANAGER_HOST": "::1",
            "TASKMANAGER_PORT": "0",
            "TASKMANAGER_DATA_DIR": "/srv/tasks",
            "TASKMANAGER_STORAGE_URL": "mongodb://a:27017,b:27018,c/taskmanager?replicaSet=rs0",
            "TASKMANAGER_REDIS_URL": "rediss://cache:6380/1",
            "TASKMANAGER_PUBLIC_URL": "https://Tasks.Example.org/",
            "TASKMANAGER_TRUSTED_PROXIES": "10.0.0.0/8, ::1",
            "TASKMANAGER_SECRET_KEY": "k" * 32,
            "TASKMANAGER_HISTORY_DAYS": "0",
            "TASKMANAGER_LOG_DIR": "/var/log/tasks",
            "TASKMANAGER_LOG_LEVEL": "DEBUG",
            "TASKMANAGER_RATE_LIMIT": "100/15m/ip",
        }
    )
    assert (settings.host, settings.port, settings.data_dir) == ("::1", 0, Path("/srv/tasks"))
    assert settings.storage_url == "mongodb://a:27017,b:27018,c/taskmanager?replicaSet=rs0"
    assert settings.redis_url == "rediss://cache:6380/1"
    assert settings.public_url == "https://tasks.example.org"
    assert settings.trusted_proxies == (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("::1/128"))
    assert settings.secret_key == b"k" * 32
    assert (settings.history_days, settings.log_dir, settings.log_level) == (0, Path("/var/log/tasks"), "debug")
    assert settings.rate_limit == RatePolicy(count=100, window_seconds=900, by_ip=True)


@pytest.mark.parametrize("name", LEAF_NAMES)
def test_an_empty_variable_counts_as_unset(name: str) -> None:
    assert read_settings({name: ""}) == Settings()
    assert read_settings({name + "_FILE": ""}) == Settings()


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("HOST", "localhost:8000", "belongs into TASKMANAGER_PORT"),
        ("HOST", "http://localhost", "is not a host name"),
        ("PORT", "http", "whole number from 0 to 65535"),
        ("PORT", "65536", "whole number from 0 to 65535"),
        ("PORT", "-1", "whole number"),
        ("PORT", "8_000", "whole number"),
        ("PORT", "٨٠٠٠", "whole number"),
        ("DATA_DIR", "/dev/null", "is not a folder"),
        ("DATA_DIR", "x" * 300, "File name too long"),
        ("LOG_DIR", "~nobody-of-that-name/logs", "the home of nobody"),
        ("STORAGE_URL", "postgres://db/tasks", "does not begin with mongodb://"),
        ("STORAGE_URL", "mongodb://", "names no host"),
        ("REDIS_URL", "127.0.0.1:6379", "does not begin with redis://"),
        ("REDIS_URL", "redis://cache:port/0", "is not a URL"),
        ("PUBLIC_URL", "tasks.example.org", "does not begin with http:// or https://"),
        ("PUBLIC_URL", "https://tasks.example.org/app", "more in it than scheme, host and port"),
        ("PUBLIC_URL", "https://me:pw@tasks.example.org", "more in it than scheme, host and port"),
        ("TRUSTED_PROXIES", "10.0.0.1/8", "has host bits set"),
        ("TRUSTED_PROXIES", "proxy.example.org", "is not a list of networks"),
        ("SECRET_KEY", "short", "shorter than 32 characters"),
        ("TRASH_DAYS", "0", "whole number from 1"),
        ("HISTORY_DAYS", "1.5", "whole number from 0"),
        ("LOG_LEVEL", "loud", "is none of debug, info, warning, error"),
        ("RATE_LIMIT", "600", "is not COUNT/WINDOW[/ip]"),
        ("RATE_LIMIT", "600/fortnight", "is not COUNT/WINDOW[/ip]"),
        ("RATE_LIMIT", "600/minute/account", "is not COUNT/WINDOW[/ip]"),
        ("RATE_LIMIT", "0/minute", "allows nothing at all"),
    ],
)
def test_a_wrong_value_is_refused_with_its_name_the_reason_and_an_example(name: str, text: str, says: str) -> None:
    line = refusal(**{name: text})
    assert line.startswith(f"TASKMANAGER_{name}")
    assert says in line
    assert f"for example TASKMANAGER_{name}=" in line


@pytest.mark.parametrize("name", LEAF_NAMES)
def test_the_example_of_every_setting_is_itself_accepted(name: str) -> None:
    example = EXAMPLES[name]
    if not example.startswith("<"):
        read_settings({name: example})


def test_the_placeholder_of_the_secret_key_never_becomes_a_key() -> None:
    assert "shorter than 32" in refusal(SECRET_KEY=EXAMPLES["TASKMANAGER_SECRET_KEY"])


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("PROT", "did you mean TASKMANAGER_PORT?"),
        ("TRASHDAYS", "did you mean TASKMANAGER_TRASH_DAYS?"),
        ("SECRET_KEY_FIEL", "did you mean TASKMANAGER_SECRET_KEY_FILE?"),
        ("port", "did you mean TASKMANAGER_PORT?"),
        ("COLOUR_OF_THE_SKY", "'taskmanager serve --help' lists them all"),
    ],
)
def test_an_unknown_variable_is_refused_with_the_nearest_known_one(name: str, hint: str) -> None:
    assert refusal(**{name: "1"}) == f"TASKMANAGER_{name} is not a setting; {hint}"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PORT", "tcp://10.0.0.17:80"),
        ("SERVICE_HOST", "10.0.0.17"),
        ("SERVICE_PORT_HTTP", "80"),
        ("PORT_80_TCP_ADDR", "10.0.0.17"),
        ("METRICS_PORT", "tcp://10.0.0.17:9000"),
    ],
)
def test_variables_that_kubernetes_makes_for_a_service_are_recognised(name: str, text: str) -> None:
    assert "enableServiceLinks: false" in refusal(**{name: text})


@pytest.mark.parametrize("name", ["STORAGE_URL", "REDIS_URL", "SECRET_KEY"])
def test_a_secret_appears_neither_in_the_error_nor_in_the_repr(name: str) -> None:
    assert "hunter2" not in refusal(**{name: "hunter2"})
    good = {"STORAGE_URL": "mongodb://u:hunter2@db", "REDIS_URL": "redis://:hunter2@db", "SECRET_KEY": "hunter2" * 9}
    assert "hunter2" not in repr(read_settings({f"TASKMANAGER_{name}": good[name]}))


def test_a_long_or_many_lined_value_still_gives_one_short_line() -> None:
    assert len(refusal(PORT="8000\n" * 1000)) < 200


def test_a_value_can_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("s" * 40 + "\n")
    assert read_settings({"TASKMANAGER_SECRET_KEY_FILE": str(file)}).secret_key == b"s" * 40


def test_a_wrong_value_from_a_file_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "port"
    file.write_text("eighty\n")
    assert f"TASKMANAGER_PORT='eighty' (from {file}) is not a whole number" in refusal(PORT_FILE=str(file))


def test_a_variable_together_with_its_file_is_refused(tmp_path: Path) -> None:
    line = refusal(PORT="80", PORT_FILE=str(tmp_path / "port"))
    assert line == "TASKMANAGER_PORT and TASKMANAGER_PORT_FILE are both set; keep one of them"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"\xff\xfe")
    assert "No such file" in refusal(PORT_FILE=str(tmp_path / "absent"))
    assert "not UTF-8" in refusal(PORT_FILE=str(tmp_path / "latin"))


@dataclass(frozen=True)
class Pool:
    size: int = setting(10, whole(1, 100), help="connections", example="10")


@dataclass(frozen=True)
class Nested:
    port: int = setting(1, whole(0, 9), help="a port", example="1")
    pool: Pool = dataclasses.field(default_factory=Pool)


def test_two_underscores_lead_into_a_nested_tree() -> None:
    assert read_tree(Nested, {"TASKMANAGER_POOL__SIZE": "5"}) == Nested(pool=Pool(size=5))
    assert read_tree(Nested, {}) == Nested()
    with pytest.raises(WrongSetting, match="did you mean TASKMANAGER_POOL__SIZE"):
        read_tree(Nested, {"TASKMANAGER_POOL_SIZE": "5"})


@given(some.integers(1, 10**9 - 1), some.sampled_from(["30s", "15m", "1h", "7d", "minute", "day"]), some.booleans())
def test_a_rate_limit_is_read_as_it_is_written(count: int, window: str, by_ip: bool) -> None:
    policy = rate_policy(f"{count}/{window}" + ("/ip" if by_ip else ""))
    seconds = {"30s": 30, "15m": 900, "1h": 3600, "7d": 604_800, "minute": 60, "day": 86_400}[window]
    assert policy == RatePolicy(count=count, window_seconds=seconds, by_ip=by_ip)


def test_off_turns_the_rate_limit_off() -> None:
    assert read_settings({"TASKMANAGER_RATE_LIMIT": "off"}).rate_limit is None


@given(some.sampled_from(LEAF_NAMES), some.text(some.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_whatever_stands_in_a_variable_gives_settings_or_one_clear_line(name: str, text: str) -> None:
    try:
        said = repr(read_settings({name: text}))
    except WrongSetting as refused:
        said = str(refused)
    assert said.startswith((name, "Settings("))
    assert len(said.splitlines()) == 1


def test_a_secret_key_is_made_once_readable_by_its_owner_only_and_kept(tmp_path: Path) -> None:
    environment = {"TASKMANAGER_DATA_DIR": str(tmp_path / "new" / "data")}
    first = load(environment)
    file = first.data_dir / "secret_key"
    assert len(first.secret_key) >= 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load(environment).secret_key == first.secret_key
    assert [path.name for path in first.data_dir.iterdir()] == ["secret_key"]


def test_with_a_store_elsewhere_no_machine_makes_a_key_of_its_own(tmp_path: Path) -> None:
    settings = load({"TASKMANAGER_DATA_DIR": str(tmp_path), "TASKMANAGER_STORAGE_URL": "mongodb://db"})
    assert settings.secret_key == b""
    assert list(tmp_path.iterdir()) == []


def test_a_given_secret_key_is_not_written_anywhere(tmp_path: Path) -> None:
    settings = load({"TASKMANAGER_DATA_DIR": str(tmp_path), "TASKMANAGER_SECRET_KEY": "k" * 32})
    assert settings.secret_key == b"k" * 32
    assert list(tmp_path.iterdir()) == []


def test_processes_that_start_together_share_one_secret_key(tmp_path: Path) -> None:
    keys: list[bytes] = []
    together = threading.Barrier(8)

    def start() -> None:
        together.wait()
        keys.append(load({"TASKMANAGER_DATA_DIR": str(tmp_path)}).secret_key)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1


def test_an_empty_secret_key_file_stops_the_start_instead_of_signing_with_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret_key").touch()
    with pytest.raises(WrongSetting, match="secret_key is empty"):
        load({"TASKMANAGER_DATA_DIR": str(tmp_path)})


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WrongSetting, match=r"TASKMANAGER_DATA_DIR=.*Not a directory"):
        load({"TASKMANAGER_DATA_DIR": str(tmp_path / "file" / "data")})
