"""The tables that do not follow from a declaration."""

from typing import Final

# `workspace_id` is null while a workspace is being erased: gone for everybody, and its rows follow piece by piece.
# The floor is the last revision whose changes were forgotten, or the origin: whoever stands there has missed nothing.
# AUTOINCREMENT: a number is never given twice, neither a workspace's (its rows may still be being erased) nor a
# commit's (another process asks what came after the last one it saw).
FIRST: Final = """
CREATE TABLE heads (
  ws INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id TEXT UNIQUE,
  counter INTEGER NOT NULL,
  nonce TEXT NOT NULL,
  floor_counter INTEGER NOT NULL,
  floor_nonce TEXT NOT NULL
) STRICT;

CREATE TABLE commits (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  ws INTEGER NOT NULL,
  counter INTEGER NOT NULL,
  nonce TEXT NOT NULL,
  at INTEGER NOT NULL,
  author TEXT NOT NULL,
  grp TEXT,
  size INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX commits_by_counter ON commits (ws, counter);
CREATE INDEX commits_by_group ON commits (ws, grp) WHERE grp IS NOT NULL;

CREATE TABLE changes (
  n INTEGER PRIMARY KEY,
  ws INTEGER NOT NULL,
  counter INTEGER NOT NULL,
  item INTEGER NOT NULL,
  kind TEXT NOT NULL,
  id BLOB NOT NULL,
  op TEXT NOT NULL,
  version INTEGER NOT NULL,
  fields BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX changes_by_commit ON changes (ws, counter, item);
CREATE INDEX changes_by_document ON changes (ws, kind, id, counter, item);

CREATE TABLE keys (
  ws INTEGER NOT NULL,
  account TEXT NOT NULL,
  text TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  receipt BLOB NOT NULL,
  counter INTEGER NOT NULL,
  nonce TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (ws, account, text)
) WITHOUT ROWID, STRICT;

CREATE TABLE accounts (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  body BLOB NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  used_at INTEGER NOT NULL,
  revoked INTEGER NOT NULL,
  body BLOB NOT NULL
) WITHOUT ROWID, STRICT;
CREATE INDEX sessions_by_account ON sessions (account, created_at, id);

CREATE TABLE signing_keys (
  serial INTEGER PRIMARY KEY,
  body BLOB NOT NULL
) STRICT;

CREATE TABLE jobs (
  name TEXT NOT NULL,
  subject TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  owner TEXT NOT NULL,
  held_until INTEGER NOT NULL,
  PRIMARY KEY (name, subject)
) WITHOUT ROWID, STRICT;
CREATE INDEX jobs_by_due ON jobs (due_at);

CREATE TABLE declared (
  kind TEXT PRIMARY KEY,
  fields TEXT NOT NULL,
  indexes TEXT NOT NULL
) WITHOUT ROWID, STRICT;
"""

SECOND: Final = """
CREATE TABLE pictures (
  digest TEXT NOT NULL,
  variant TEXT NOT NULL,
  account TEXT NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (digest, variant)
) STRICT;
CREATE INDEX pictures_by_account ON pictures (account);
"""

EDITIONS: Final = "ALTER TABLE declared ADD COLUMN edition INTEGER NOT NULL DEFAULT 1"
PLACES: Final = "ALTER TABLE jobs ADD COLUMN place TEXT NOT NULL DEFAULT ''"

# Indexes that are declared no longer, and that programs of the version before may still name.
RETIRED: Final = """
CREATE TABLE retired (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (kind, name)
) WITHOUT ROWID, STRICT;
"""
