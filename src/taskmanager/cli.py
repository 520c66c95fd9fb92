"""The command line. A failure is one line on stderr and an exit code other than 0."""

import os
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import click
import structlog

from taskmanager import __version__, telemetry
from taskmanager.errors import Exists, TaskManagerError
from taskmanager.settings import Settings, WrongSetting, describe, load, read_settings
from taskmanager.settings.reading import PREFIX
from taskmanager.storage.findings import Finding
from taskmanager.storage.refusals import Refusal

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

_METRICS_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
_FAILED: Final = 1
_MISUSED: Final = 2
_INTERRUPTED: Final = 130
_LONGEST: Final = 400


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and end the process with its exit code."""
    # Until `serve` knows its settings, and for commands whose answer is on stdout.
    telemetry.configure(level="warning", log_dir=None, stream=sys.stderr)
    try:
        code = taskmanager.main(arguments, prog_name="taskmanager", standalone_mode=False)
    except click.Abort:
        sys.exit(_INTERRUPTED)
    except click.ClickException as misuse:
        _end(misuse.format_message(), misuse.exit_code)
    except WrongSetting as wrong:
        _end(str(wrong), _MISUSED)
    except (TaskManagerError, Refusal, OSError) as failure:
        _end(str(failure), _FAILED)
    except Exception as unforeseen:
        structlog.get_logger().exception("unforeseen")
        _end(f"an unforeseen {type(unforeseen).__name__}, see the log", _FAILED)
    sys.exit(code)


def _end(line: str, code: int) -> NoReturn:
    line = " ".join(line.split())
    click.echo(f"taskmanager: {line if len(line) <= _LONGEST else line[: _LONGEST - 3] + '...'}", err=True)
    sys.exit(code)


def _settings_help() -> str:
    """List every setting; the mark keeps click from wrapping the lines together."""
    rows = [f"  {name}={example}\n      {text}" for name, text, example in describe(Settings)]
    return (
        "\b\nSettings, from the environment, with examples (NAME_FILE names a file that holds the value):\n"
        + "\n".join(rows)
    )


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="%(prog)s %(version)s")
def taskmanager() -> None:
    """Tasks, projects and labels: a JSON API and a web app in one process.

    `taskmanager serve` starts it on http://127.0.0.1:8000 and keeps its data in ./data. Settings come
    from the environment, `taskmanager serve --help` lists them.
    """


@taskmanager.command(epilog=_settings_help())
@click.option("--host", metavar="ADDRESS", help=f"Listen here instead of {PREFIX}HOST.")
@click.option("--port", metavar="PORT", help=f"Listen here instead of {PREFIX}PORT; 0: any free port.")
@click.option("--workers", metavar="N", help=f"So many processes, as {PREFIX}WORKERS says; max: one for each core.")
@click.pass_context
def serve(context: click.Context, host: str | None, port: str | None, workers: str | None) -> None:
    """Serve the API and the web app until SIGTERM or ctrl-C."""
    environment = _environment(HOST=host, PORT=port, WORKERS=workers)
    settings = _load_and_log(environment)
    if settings.workers:
        context.exit(_serve_with_workers(settings, environment))
    from taskmanager import assembly

    context.exit(assembly.serve(settings))


def _serve_with_workers(settings: Settings, environment: dict[str, str]) -> int:
    from taskmanager.workers import supervise

    where = (settings.host, settings.port, settings.public_url)
    if not settings.metrics_port:
        return supervise(*where, count=settings.workers, environment=environment)
    with tempfile.TemporaryDirectory(prefix="taskmanager-metrics-") as folder:
        # The library looks for this when it is imported, here and in each worker.
        environment[_METRICS_FOLDER] = os.environ[_METRICS_FOLDER] = folder
        from taskmanager import metrics

        metrics.serve(settings.host, settings.metrics_port)
        return supervise(*where, count=settings.workers, environment=environment, on_end=metrics.forget_process)


@taskmanager.command(hidden=True)
@click.option("--listener", type=int, required=True)
@click.option("--bond", type=int, required=True)
@click.option("--table", type=int, required=True)
@click.pass_context
def worker(context: click.Context, listener: int, bond: int, table: int) -> None:
    """Serve as one of the processes that `serve --workers` starts."""
    settings = _load_and_log(os.environ)
    from taskmanager import assembly
    from taskmanager.workers import Handed

    context.exit(assembly.work(settings, Handed(listener, bond, table)))


def _load_and_log(environment: Mapping[str, str]) -> Settings:
    settings = load(environment)
    try:
        telemetry.configure(level=settings.log_level, log_dir=settings.log_dir, stream=sys.stdout)
    except OSError as failure:
        raise WrongSetting(f"{PREFIX}LOG_DIR={str(settings.log_dir)!r} cannot be used: {failure.strerror}") from None
    return settings


@taskmanager.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--overwrite", is_flag=True, help="Replace FILE when it exists.")
def backup(file: Path, *, overwrite: bool) -> None:
    """Write everything that is stored to FILE, consistently, also while serving."""
    if file.exists() and not overwrite:
        raise click.UsageError(f"{file} exists; name another file, or add --overwrite")
    settings = read_settings(os.environ)
    from taskmanager import assembly

    with _counter("Backing up") as progress:
        assembly.backup(settings, file, progress)
    click.echo(f"Everything is in {file}; keep the secret key of {settings.data_dir} with it.", err=True)


@taskmanager.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
def restore(file: Path) -> None:
    """Fill an empty store with what `taskmanager backup` wrote to FILE."""
    settings = load(os.environ)
    from taskmanager import assembly

    with _counter("Restoring") as progress:
        assembly.restore(settings, file, progress)
    click.echo(f"Everything from {file} is restored.", err=True)


@taskmanager.command()
def migrate() -> None:
    """Bring the store's schema and indexes up to date, as a start does unless MIGRATE is off."""
    settings = load(os.environ)
    from taskmanager import assembly

    assembly.migrate(settings)
    click.echo("The store is up to date.", err=True)


@taskmanager.command()
def rotate_keys() -> None:
    """Sign people in with a new key from five minutes on, as happens by itself every 90 days."""
    settings = load(os.environ)
    from taskmanager import assembly

    assembly.rotate_keys(settings)
    click.echo("The new key signs from five minutes on; nobody has to sign in again.", err=True)


@taskmanager.command()
@click.pass_context
def doctor(context: click.Context) -> None:
    """Examine settings, folder, store, indexes, clocks and Redis; exit code 1 when something is wrong."""
    settings = read_settings(os.environ)
    marks = {"ok": click.style("ok   ", fg="green"), "note": "note ", "wrong": click.style("WRONG", fg="red")}

    def show(finding: Finding) -> None:
        mend = f"\n      → {finding.mend}" if finding.mend else ""
        click.echo(f"{marks[finding.level]} {finding.subject}: {finding.told}{mend}")

    from taskmanager import assembly

    context.exit(0 if assembly.examine(settings, show) else _FAILED)


@taskmanager.command()
@click.option("--tasks", type=click.IntRange(1, 1_000_000), default=500, show_default=True, help="How many tasks.")
@click.option("--email", default="demo@example.org", show_default=True, help="The account; made if it is not there.")
@click.option("--password", help="The password of a new account; without this one is made and shown.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same tasks.")
def demo(tasks: int, email: str, password: str | None, seed: int) -> None:
    """Fill an account with believable tasks, projects and labels around today."""
    settings = load(os.environ)
    from taskmanager import assembly

    chosen = password or secrets.token_urlsafe(12)
    try:
        with _progress("Making tasks") as progress:
            made = assembly.demo(settings, email, chosen, tasks, seed, progress)
    except Exists:
        raise click.ClickException(f"{email} already has the tasks of seed {seed}; choose another --seed") from None
    click.echo(f"Sign in as {email}" + (f" with the password {chosen}" if made else ""))


@taskmanager.command()
def openapi() -> None:
    """Print the OpenAPI document of the API."""
    from taskmanager import assembly

    sys.stdout.buffer.write(assembly.openapi())


@taskmanager.command()
def version() -> None:
    """Print the version."""
    click.echo(f"taskmanager {__version__}")


def _environment(**options: str | None) -> dict[str, str]:
    """Let an option take the place of its variable, so that both are read and refused alike."""
    environment = dict(os.environ)
    for name, text in options.items():
        if text is not None:
            environment.pop(f"{PREFIX}{name}_FILE", None)
            environment[PREFIX + name] = text
    return environment


@contextmanager
def _counter(label: str) -> Iterator[Callable[[int], None]]:
    """Count on a terminal's stderr what is done, where nobody knows how much there is."""
    shown = sys.stderr.isatty()

    def show(done: int) -> None:
        if shown:
            click.echo(f"\r{label}: {done:,} records", nl=False, err=True)

    yield show
    if shown:
        click.echo(err=True)


@contextmanager
def _progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Draw a bar on stderr; whoever works calls with what is done and what there is in all."""
    with ExitStack() as stack:
        bars: list[ProgressBar[int]] = []

        def show(done: int, total: int) -> None:
            if not bars:
                bar = click.progressbar(length=total, label=label, file=sys.stderr, show_pos=True)
                bars.append(stack.enter_context(bar))
            bars[0].length = total
            bars[0].update(done - bars[0].pos)

        yield show
