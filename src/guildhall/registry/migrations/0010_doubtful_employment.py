from typing import Any

from django.db import migrations, models


def doubt(apps: Any, schema_editor: Any) -> None:
    """What an employer's own roster said and nobody confirmed stays in doubt; insurance ends it with the next file."""
    batches = apps.get_model("registry", "ImportBatch").objects.filter(kind="roster", brought_by__startswith="account:")
    public = {f"account:{key}" for key in apps.get_model("office", "Account").objects.filter(kind="public").values_list("pk", flat=True)}
    own = [key for key, by in batches.values_list("pk", "brought_by") if by in public]
    for at in range(0, len(own), 500):
        spells = apps.get_model("registry", "EmploymentSpell").objects.filter(batch_id__in=own[at : at + 500], confirmed_at=None)
        spells.update(doubtful=True)


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0007_earlier_phone"),
        ("registry", "0009_organisation_credit_code"),
    ]

    operations = [
        migrations.AddField(
            model_name="employmentspell",
            name="denied_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="employmentspell",
            name="doubtful",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="employmentspell",
            index=models.Index(condition=models.Q(("doubtful", True)), fields=["worker"], name="employment_doubtful"),
        ),
        migrations.RunPython(doubt, migrations.RunPython.noop),
    ]
