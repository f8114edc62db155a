"""The audit chain takes new rows and nothing else: the database itself refuses to change or remove an event or a seal."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

EVENTS, SEALS, HEADS = "office_auditevent", "office_seal", "office_chainhead"
WORDS = "the audit chain is never changed: rows are only added to it"
BACKWARDS = "NEW.chain <> OLD.chain OR NEW.position <> OLD.position + 1"
"""A head moves on by one and in no other way."""


def _triggers() -> dict[str, str]:
    """The occasion of each trigger, by its name; the name begins with the table's."""
    kept = {f"{table}_{verb.lower()}": f"{verb} ON {table}" for table in (EVENTS, SEALS) for verb in ("UPDATE", "DELETE")}
    return kept | {f"{HEADS}_delete": f"DELETE ON {HEADS}", f"{HEADS}_update": f"UPDATE ON {HEADS}"}


def _sqlite(name: str, occasion: str) -> str:
    when = f" WHEN {BACKWARDS}" if name == f"{HEADS}_update" else ""
    return f"CREATE TRIGGER {name} BEFORE {occasion}{when} BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"


def _postgresql(name: str, occasion: str) -> str:
    each = "STATEMENT" if name.endswith("_truncate") else "ROW"
    when = f" WHEN ({BACKWARDS})" if name == f"{HEADS}_update" else ""
    return f"CREATE TRIGGER {name} BEFORE {occasion} FOR EACH {each}{when} EXECUTE FUNCTION refuse_change_of_audit()"


EMPTIED = {f"{table}_truncate": f"TRUNCATE ON {table}" for table in (EVENTS, SEALS, HEADS)}
FUNCTION = f"""CREATE OR REPLACE FUNCTION refuse_change_of_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'restrict_violation'; END $$"""
PUT_UP = {
    "sqlite": [_sqlite(name, occasion) for name, occasion in _triggers().items()],
    "postgresql": [FUNCTION, *(_postgresql(name, occasion) for name, occasion in (_triggers() | EMPTIED).items())],
}
TAKE_DOWN = {
    "sqlite": [f"DROP TRIGGER {name}" for name in _triggers()],
    "postgresql": [f"DROP TRIGGER {name} ON {name.rpartition('_')[0]}" for name in _triggers() | EMPTIED],
}
"""The statements that make and remove the triggers, for each kind of database."""


def put_up(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Makes the triggers of this kind of database."""
    for statement in PUT_UP[editor.connection.vendor]:
        editor.execute(statement, None)


def take_down(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Removes them again."""
    for statement in TAKE_DOWN[editor.connection.vendor]:
        editor.execute(statement, None)


class Migration(migrations.Migration):
    dependencies = [("office", "0003_audit_seals")]
    operations = [migrations.RunPython(put_up, take_down)]
