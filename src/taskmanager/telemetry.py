"""Logs: one JSON object per line, readable text on a terminal, secrets scrubbed from both.

Whoever logs asks `structlog.get_logger()`; what is bound in structlog's context variables (the request
id) is on every line. Libraries that log through the standard library come out the same way.
"""

import fcntl
import json
import logging
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Final, TextIO

import msgspec
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_REDACTED: Final = "[redacted]"
_FILE_BYTES: Final = 10_000_000
_FILES_KEPT: Final = 5

_SECRET_NAME: Final = re.compile(r"passw|secret|token|cookie|authoriz|api_?key|private_?key|credential", re.IGNORECASE)
_SECRET_TEXT: Final = tuple(
    (re.compile(look, re.IGNORECASE), instead)
    for look, instead in (
        (r"\beyJ[\w-]+\.[\w-]+\.[\w-]*", _REDACTED),
        (r"\b(bearer|basic)\s+[\w.~+/=-]+", rf"\1 {_REDACTED}"),
        (r"\b((?:set-)?cookie|authorization)(\W{0,2}[:=])[^\r\n]*", rf"\1\2 {_REDACTED}"),
        (
            r"\b(\w{0,40}(?:refresh|password|secret|token)[\"']?\s?[:=]\s?)(\"[^\"]*\"|'[^']*'|[^\s,;&)}\]]+)",
            rf"\1{_REDACTED}",
        ),
        (r"://[^/\s@]*@", f"://{_REDACTED}@"),
    )
)


_PERHAPS_SECRET: Final = re.compile(
    r"eyJ|bearer|basic|cookie|authorization|refresh|password|secret|token|://", re.IGNORECASE
)
"""What any text has in it that one of those above changes; hardly any has, and asking for all at once is quicker."""


def configure(*, level: str, log_dir: Path | None, stream: TextIO) -> None:
    """Send every log entry of `level` and above to the stream, and to files when there is a folder for them.

    Raises OSError when the folder cannot be written.
    """
    renderer = _readable() if stream.isatty() else structlog.processors.JSONRenderer(_json)
    handlers: list[logging.Handler] = [_rendered(logging.StreamHandler(stream), renderer)]
    if log_dir is not None:
        log_dir.mkdir(mode=0o750, parents=True, exist_ok=True)
        handlers.append(
            _rendered(SharedRotatingFile(log_dir / "combined.log"), structlog.processors.JSONRenderer(_json))
        )
        errors = _rendered(SharedRotatingFile(log_dir / "error.log"), structlog.processors.JSONRenderer(_json))
        errors.setLevel(logging.ERROR)
        handlers.append(errors)
    logging.basicConfig(level=level.upper(), handlers=handlers, force=True)
    structlog.configure(
        processors=[*_enrichment(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def scrub(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Take out passwords, tokens, cookies and credentials, by the name of a field or the look of its text."""
    return {name: _scrubbed(name, value) for name, value in event.items()}


def _scrubbed(name: str, value: object) -> Any:
    if _is_secret(name):
        return _REDACTED
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(key): _scrubbed(str(key), each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_scrubbed("", each) for each in value]
    text = value if isinstance(value, str) else repr(value)
    if not _PERHAPS_SECRET.search(text):
        return text
    for look, instead in _SECRET_TEXT:
        text = look.sub(instead, text)
    return text


@lru_cache(1024)
def _is_secret(name: str) -> bool:
    return _SECRET_NAME.search(name) is not None


def _json(event: EventDict, **_: object) -> str:
    try:
        return msgspec.json.encode(event, enc_hook=repr).decode()
    except (UnicodeEncodeError, OverflowError):  # half a character, or more than 64 bits: slowly then
        return json.dumps(event, default=repr)


def _enrichment() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,  # without local variables: they hold what people typed
        scrub,
    ]


def _readable() -> Processor:
    return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)


def _rendered(handler: logging.Handler, renderer: Processor) -> logging.Handler:
    meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(processors=[meta, renderer], foreign_pre_chain=_enrichment())
    )
    return handler


class SharedRotatingFile(RotatingFileHandler):
    """A rotating log file to which several processes append: one of them rotates, the others follow."""

    def __init__(self, path: Path, *, max_bytes: int = _FILE_BYTES, kept: int = _FILES_KEPT) -> None:
        super().__init__(path, maxBytes=max_bytes, backupCount=kept, encoding="utf-8")

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._follow()
        except OSError:
            self.handleError(record)
            return
        super().emit(record)

    def doRollover(self) -> None:  # noqa: N802 - the name that logging calls
        with Path(self.baseFilename + ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self._follow():
                super().doRollover()

    def _follow(self) -> bool:
        """Reopen when another process has moved the file away; tell whether it had."""
        if self.stream is not None:
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(self.stream.fileno()), Path(self.baseFilename).stat()):
                    return False
            self.stream.close()
        self.stream = self._open()
        return True
