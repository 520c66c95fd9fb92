"""How any frozen dataclass of settings is read from an environment.

A variable is the prefix, then the field's name in capitals; ``__`` leads into a nested tree, and
``<NAME>_FILE`` names a file that holds the value. An empty variable counts as unset. Whatever is
unknown, wrong or unreadable raises `WrongSetting`, whose text is one line that says what to do.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from re import compile as pattern
from typing import Any, Final, TypeVar, get_type_hints

PREFIX: Final = "TASKMANAGER_"

# What Kubernetes puts into every pod for a Service whose name begins with "taskmanager".
_SERVICE_LINK: Final = pattern(r"(^|_)(SERVICE_(HOST|PORT)|PORT_\d+_(TCP|UDP|SCTP))(_|$)")
_SERVICE_ADDRESS: Final = pattern(r"(tcp|udp|sctp)://")

Tree = TypeVar("Tree")
Value = TypeVar("Value")


class WrongSetting(Exception):
    """A setting with which the process cannot start."""


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A setting's place in the tree, and how it is read."""

    path: tuple[str, ...]
    default: Any
    read: Callable[[str], Any]
    help: str
    example: str
    secret: bool

    @property
    def name(self) -> str:
        return PREFIX + "__".join(self.path).upper()


def setting(
    default: Value,
    read: Callable[[str], Value],
    *,
    help: str,  # noqa: A002 - the word that argparse and click have for it
    example: str,
    secret: bool = False,
) -> Value:
    """Declare a setting; a secret one appears neither in a repr nor in an error."""
    leaf = _Leaf((), default, read, help, example, secret)
    # Like dataclasses.field, this stands in for the value in the class body.
    stand_in: Any = dataclasses.field(default=default, repr=not secret, metadata={"leaf": leaf})
    value: Value = stand_in
    return value


def read_tree(tree: type[Tree], environ: Mapping[str, str]) -> Tree:
    """Make the tree from the variables that carry the prefix, defaults for the rest."""
    given = {name: text for name, text in environ.items() if name.startswith(PREFIX)}
    leaves = list(_leaves(tree))
    for name in sorted(given):
        _refuse_foreign(name, given[name], [leaf.name for leaf in leaves])
    return _build(tree, {leaf.path: _value(leaf, given) for leaf in leaves})


def describe(tree: type[object]) -> list[tuple[str, str, str]]:
    """Tell each setting of a tree: its variable, what it means, an example."""
    return [(leaf.name, leaf.help, leaf.example) for leaf in _leaves(tree)]


def _leaves(tree: type[object], path: tuple[str, ...] = ()) -> Iterator[_Leaf]:
    hints = get_type_hints(tree)
    for each in dataclasses.fields(tree):  # type: ignore[arg-type]  # a tree is a dataclass
        here = (*path, each.name)
        if dataclasses.is_dataclass(hints[each.name]) and "leaf" not in each.metadata:
            yield from _leaves(hints[each.name], here)
        else:
            yield dataclasses.replace(each.metadata["leaf"], path=here)


def _build(tree: type[Tree], read: Mapping[tuple[str, ...], Any], path: tuple[str, ...] = ()) -> Tree:
    hints = get_type_hints(tree)
    made = {}
    for each in dataclasses.fields(tree):  # type: ignore[arg-type]  # a tree is a dataclass
        here = (*path, each.name)
        made[each.name] = read[here] if here in read else _build(hints[each.name], read, here)
    return tree(**made)


def _refuse_foreign(name: str, text: str, known: list[str]) -> None:
    rest = name.removeprefix(PREFIX)
    if _SERVICE_LINK.search(rest) or _SERVICE_ADDRESS.match(text):
        raise WrongSetting(
            f"{name} was set by Kubernetes for a Service whose name begins with 'taskmanager';"
            " rename that Service or put enableServiceLinks: false into the pod"
        )
    if name not in known and name.removesuffix("_FILE") not in known:
        # Without the prefix, which would make any two names look alike.
        short = [each.removeprefix(PREFIX) for each in known]
        near = get_close_matches(rest.upper(), [*short, *(each + "_FILE" for each in short)], n=1)
        hint = f"did you mean {PREFIX}{near[0]}?" if near else "'taskmanager serve --help' lists them all"
        raise WrongSetting(f"{name} is not a setting; {hint}")


def _value(leaf: _Leaf, given: Mapping[str, str]) -> Any:
    text, origin = _text(leaf, given)
    if not text:
        return leaf.default
    try:
        return leaf.read(text)
    except ValueError as wrong:
        shown = "" if leaf.secret else f"={_shortened(text)}"
        raise WrongSetting(f"{leaf.name}{shown}{origin} {wrong}; for example {leaf.name}={leaf.example}") from None


def _text(leaf: _Leaf, given: Mapping[str, str]) -> tuple[str, str]:
    direct, file = given.get(leaf.name, ""), given.get(leaf.name + "_FILE", "")
    if direct and file:
        raise WrongSetting(f"{leaf.name} and {leaf.name}_FILE are both set; keep one of them")
    if not file:
        return direct.strip(), ""
    try:
        return Path(file).read_text(encoding="utf-8").strip(), f" (from {file})"
    except OSError as failure:
        reason = failure.strerror or "it cannot be read"
    except UnicodeDecodeError:
        reason = "it is not UTF-8 text"
    raise WrongSetting(f"{leaf.name}_FILE={_shortened(file)} cannot be used: {reason}")


def _shortened(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")  # noqa: PLR2004 - one line's worth
