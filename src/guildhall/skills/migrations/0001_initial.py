"""The first tables, in the order in which they point to one another."""

import django.db.models.deletion
from django.db import migrations, models

import guildhall.office.columns


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Occupation",
            fields=[
                ("code", guildhall.office.columns.PlainTextField(primary_key=True, serialize=False)),
                ("edition", guildhall.office.columns.PlainTextField()),
                ("rank", guildhall.office.columns.PlainTextField()),
                (
                    "parent",
                    models.ForeignKey(
                        db_column="parent",
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="skills.occupation",
                    ),
                ),
                ("name_zh", guildhall.office.columns.PlainTextField(null=True)),
                ("name_en", guildhall.office.columns.PlainTextField(null=True)),
                ("definition", guildhall.office.columns.PlainTextField(null=True)),
                ("digital", models.BooleanField(null=True)),
                ("green", models.BooleanField(null=True)),
                ("source", guildhall.office.columns.PlainTextField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["parent", "code"], name="occupation_parent"),
                    models.Index(fields=["rank", "code"], name="occupation_rank"),
                    models.Index(fields=["name_zh", "code"], name="occupation_name"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("rank__in", ["major", "middle", "minor", "leaf"])), name="occupation_rank_word"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("parent", None), ("rank", "major")),
                            models.Q(models.Q(("rank", "major"), _negated=True), models.Q(("parent", None), _negated=True)),
                            _connector="OR",
                        ),
                        name="occupation_rank_agrees_with_parent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("rank", "leaf"), _negated=True), ("name_zh__isnull", False), _connector="OR"),
                        name="occupation_leaf_named",
                    ),
                ],
            },
        ),
    ]
