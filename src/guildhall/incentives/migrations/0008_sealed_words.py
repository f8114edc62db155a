import json
from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from guildhall.incentives.engine.bank import code_of
from guildhall.office.columns import PlainTextField
from guildhall.office.vault import vault

MOST = 2_000


def seal(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What claims said and what banks wrote is kept sealed; days of birth are kept by their claims alone."""
    statements: Any = apps.get_model("incentives", "Statement").objects
    statements.filter(fact="born_on").delete()
    while rows := list(statements.filter(value_sealed=b"").order_by("pk")[:MOST]):
        for row in rows:
            cell = f"{row.subject}:{row.subject_id}:{row.fact}"
            row.value_sealed = vault().seal("incentives.statements", "value", cell, row.value)
        statements.bulk_update(rows, ["value_sealed"])
    payments: Any = apps.get_model("incentives", "Payment").objects
    while rows := list(payments.exclude(reason="").filter(code="").order_by("pk")[:MOST]):
        for row in rows:
            row.code = code_of(row.reason)
            row.reason_sealed = vault().seal("incentives.payments", "reason", row.pk, json.dumps(row.reason, ensure_ascii=False))
        payments.bulk_update(rows, ["code", "reason_sealed"])


class Migration(migrations.Migration):
    dependencies = [
        ("incentives", "0007_one_claim_under_way"),
    ]

    operations = [
        migrations.AddField(model_name="statement", name="value_sealed", field=models.BinaryField(default=b""), preserve_default=False),
        migrations.AddField(model_name="payment", name="code", field=PlainTextField(default="")),
        migrations.AddField(model_name="payment", name="reason_sealed", field=models.BinaryField(default=b"")),
        migrations.RunPython(seal),
    ]
