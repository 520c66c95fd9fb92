"""What an operator is told, in one line, when a store can't be opened, backed up or restored."""


class Refusal(Exception):
    """Nothing was changed; the text says why, in one line."""


class CannotOpen(Refusal):
    """The store can't be used by this version of the program, on this machine, as it is."""


class NotEmpty(Refusal):
    """A backup is restored into an empty store only."""


class BadBackup(Refusal):
    """The file is no backup, is damaged, or was made by a newer version."""


class CannotWrite(Refusal):
    """There is no room for a file, or no right to write it."""
