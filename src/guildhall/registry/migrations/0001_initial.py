"""The first tables, in the order in which they point to one another."""

import django.db.models.deletion
from django.db import migrations, models

import guildhall.office.columns


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Place",
            fields=[
                ("place_id", guildhall.office.columns.PlainTextField(primary_key=True, serialize=False)),
                ("code", guildhall.office.columns.PlainTextField(null=True)),
                ("kind", guildhall.office.columns.PlainTextField()),
                ("name_zh", guildhall.office.columns.PlainTextField()),
                ("name_en", guildhall.office.columns.PlainTextField()),
                ("latitude", models.FloatField(null=True)),
                ("longitude", models.FloatField(null=True)),
                ("valid_from", models.DateField(null=True)),
                ("valid_until", models.DateField(null=True)),
                ("source", guildhall.office.columns.PlainTextField()),
                ("status", guildhall.office.columns.PlainTextField()),
            ],
            options={
                "indexes": [models.Index(fields=["kind", "place_id"], name="place_kind"), models.Index(fields=["code"], name="place_code")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["city", "district", "county", "functional_zone", "township", "remainder", "park"])
                        ),
                        name="place_kind_word",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["statute", "official", "press", "repository", "computed", "unverified", "assumed", "generated", "unknown"],
                            )
                        ),
                        name="place_status_word",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("valid_until__gt", models.F("valid_from"))), name="place_valid_until_after_valid_from"
                    ),
                    models.CheckConstraint(condition=models.Q(("latitude__gte", -90), ("latitude__lte", 90)), name="place_latitude_range"),
                    models.CheckConstraint(
                        condition=models.Q(("longitude__gte", -180), ("longitude__lte", 180)), name="place_longitude_range"
                    ),
                    models.CheckConstraint(condition=models.Q(("name_zh", ""), _negated=True), name="place_named"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlaceParent",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "place_id", "parent_id", "relation", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="parents", to="registry.place"
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="children", to="registry.place"
                    ),
                ),
                ("relation", guildhall.office.columns.PlainTextField()),
                ("valid_from", models.DateField(null=True)),
                ("valid_until", models.DateField(null=True)),
                ("source", guildhall.office.columns.PlainTextField()),
                ("status", guildhall.office.columns.PlainTextField()),
            ],
            options={
                "indexes": [models.Index(fields=["parent", "relation", "place"], name="place_parent_parent")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("relation__in", ["administrative", "functional"])), name="place_parent_relation_word"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["statute", "official", "press", "repository", "computed", "unverified", "assumed", "generated", "unknown"],
                            )
                        ),
                        name="place_parent_status_word",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("valid_until__gt", models.F("valid_from"))), name="place_parent_valid_until_after_valid_from"
                    ),
                    models.CheckConstraint(condition=models.Q(("place", models.F("parent")), _negated=True), name="place_parent_other"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlaceSuccessor",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey("place_id", "successor_id", blank=True, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "place",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="successors", to="registry.place"
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="predecessors", to="registry.place"),
                ),
                ("effective_on", models.DateField()),
                ("scope", guildhall.office.columns.PlainTextField()),
                ("source", guildhall.office.columns.PlainTextField()),
                ("status", guildhall.office.columns.PlainTextField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("scope__in", ["whole", "part", "remainder"])), name="place_successor_scope_word"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["statute", "official", "press", "repository", "computed", "unverified", "assumed", "generated", "unknown"],
                            )
                        ),
                        name="place_successor_status_word",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("place", models.F("successor")), _negated=True), name="place_successor_other"
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("organisation_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", guildhall.office.columns.PlainTextField(unique=True)),
                ("kind", guildhall.office.columns.PlainTextField()),
                ("name_zh", guildhall.office.columns.PlainTextField()),
                ("name_en", guildhall.office.columns.PlainTextField(null=True)),
                ("cluster", guildhall.office.columns.PlainTextField(null=True)),
                ("sector", guildhall.office.columns.PlainTextField(null=True)),
                ("size", guildhall.office.columns.PlainTextField(null=True)),
                ("above_scale", models.BooleanField()),
                (
                    "place",
                    models.ForeignKey(
                        db_column="place",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="organisations",
                        to="registry.place",
                    ),
                ),
                ("source", guildhall.office.columns.PlainTextField()),
                ("status", guildhall.office.columns.PlainTextField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["name_zh", "organisation_id"], name="organisation_name"),
                    models.Index(fields=["kind", "name_zh", "organisation_id"], name="organisation_kind"),
                    models.Index(fields=["place", "name_zh", "organisation_id"], name="organisation_place"),
                    models.Index(fields=["cluster", "name_zh", "organisation_id"], name="organisation_cluster"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["enterprise", "college", "academy", "assessment_body", "park"])),
                        name="organisation_kind_word",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "sector__in",
                                [
                                    "manufacturing",
                                    "construction",
                                    "energy_mining",
                                    "trade",
                                    "transport",
                                    "hospitality",
                                    "software",
                                    "business_services",
                                    "resident_services",
                                    "education_health",
                                ],
                            )
                        ),
                        name="organisation_sector_word",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("size__in", ["large", "medium", "small", "micro"])), name="organisation_size_word"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["statute", "official", "press", "repository", "computed", "unverified", "assumed", "generated", "unknown"],
                            )
                        ),
                        name="organisation_status_word",
                    ),
                    models.CheckConstraint(condition=models.Q(("name_zh", ""), _negated=True), name="organisation_named"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Worker",
            fields=[
                ("worker_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("birth_month", models.DateField()),
                ("sex", guildhall.office.columns.PlainTextField()),
                ("education", guildhall.office.columns.PlainTextField()),
                ("migrant", guildhall.office.columns.PlainTextField()),
                ("standing", guildhall.office.columns.PlainTextField()),
                (
                    "residence",
                    models.ForeignKey(
                        db_column="residence",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="residents",
                        to="registry.place",
                    ),
                ),
                ("weight", models.BigIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["residence", "worker_id"], name="worker_residence")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("sex__in", ["female", "male"])), name="worker_sex_word"),
                    models.CheckConstraint(
                        condition=models.Q(("education__in", ["primary", "junior", "senior", "college", "bachelor"])),
                        name="worker_education_word",
                    ),
                    models.CheckConstraint(condition=models.Q(("migrant__in", ["none", "local", "away"])), name="worker_migrant_word"),
                    models.CheckConstraint(
                        condition=models.Q(("standing__in", ["worker", "student", "job_seeker"])), name="worker_standing_word"
                    ),
                    models.CheckConstraint(condition=models.Q(("weight__gt", 0)), name="worker_weight_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Identity",
            fields=[
                (
                    "worker",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="identity",
                        serialize=False,
                        to="registry.worker",
                    ),
                ),
                ("name_sealed", models.BinaryField()),
                ("number_sealed", models.BinaryField()),
                ("number_hash", models.BinaryField(unique=True)),
                ("phone_sealed", models.BinaryField(null=True)),
                ("phone_hash", models.BinaryField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["phone_hash"], name="identity_phone")],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Certificate",
            fields=[
                ("certificate_id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "worker",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="certificates", to="registry.worker"
                    ),
                ),
                ("kind", guildhall.office.columns.PlainTextField()),
                ("level", guildhall.office.columns.PlainTextField()),
                ("occupation", guildhall.office.columns.PlainTextField()),
                (
                    "issuer",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="issued", to="registry.organisation"
                    ),
                ),
                ("source", guildhall.office.columns.PlainTextField()),
                ("issued_on", models.DateField()),
                ("valid_until", models.DateField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["worker", "issued_on"], name="certificate_worker"),
                    models.Index(fields=["issuer", "issued_on"], name="certificate_issuer"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("kind__in", ["skill_level", "appointment"])), name="certificate_kind_word"),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", ["L5", "L4", "L3", "L2", "L1", "LT", "LS"])), name="certificate_level_word"
                    ),
                    models.CheckConstraint(condition=models.Q(("source__in", ["employer", "public_body"])), name="certificate_source_word"),
                    models.CheckConstraint(
                        condition=models.Q(("valid_until__gt", models.F("issued_on"))), name="certificate_valid_until_after_issued_on"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "appointment"), ("level__in", ["LT", "LS"])),
                            models.Q(("kind", "skill_level"), ("level__in", ["L5", "L4", "L3", "L2", "L1"])),
                            _connector="OR",
                        ),
                        name="certificate_level_agrees_with_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CertificateNumber",
            fields=[
                (
                    "certificate",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="number",
                        serialize=False,
                        to="registry.certificate",
                    ),
                ),
                ("number_sealed", models.BinaryField()),
                ("number_hash", models.BinaryField(unique=True)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="EmploymentSpell",
            fields=[
                ("spell_id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "worker",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="employment", to="registry.worker"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="employment", to="registry.organisation"
                    ),
                ),
                ("occupation", guildhall.office.columns.PlainTextField(null=True)),
                ("contract", guildhall.office.columns.PlainTextField()),
                ("started_on", models.DateField()),
                ("ended_on", models.DateField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["worker", "started_on"], name="employment_worker"),
                    models.Index(fields=["organisation", "started_on"], name="employment_organisation"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("contract__in", ["regular", "apprentice", "dispatched"])), name="employment_contract_word"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ended_on__gt", models.F("started_on"))), name="employment_ended_on_after_started_on"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InsuranceSpell",
            fields=[
                ("spell_id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "worker",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="insurance", to="registry.worker"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="insurance",
                        to="registry.organisation",
                    ),
                ),
                ("scheme", guildhall.office.columns.PlainTextField()),
                ("started_on", models.DateField()),
                ("ended_on", models.DateField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["worker", "scheme", "started_on"], name="insurance_worker"),
                    models.Index(fields=["organisation", "started_on"], name="insurance_organisation"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("scheme__in", ["unemployment"])), name="insurance_scheme_word"),
                    models.CheckConstraint(
                        condition=models.Q(("ended_on__gt", models.F("started_on"))), name="insurance_ended_on_after_started_on"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LoadBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", guildhall.office.columns.PlainTextField()),
                ("table", guildhall.office.columns.PlainTextField()),
                ("position", models.IntegerField()),
                ("rows_total", models.BigIntegerField()),
                ("rows_done", models.BigIntegerField(default=0)),
                ("state", guildhall.office.columns.PlainTextField(default="loading")),
                ("manifest", models.JSONField()),
                ("started_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("digest", "table"), name="load_batch_once"),
                    models.CheckConstraint(condition=models.Q(("state__in", ["loading", "done"])), name="load_batch_state_word"),
                    models.CheckConstraint(
                        condition=models.Q(("rows_done__gte", 0), ("rows_done__lte", models.F("rows_total"))),
                        name="load_batch_rows_done_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True), ("rows_done", models.F("rows_total")), _connector="OR"
                        ),
                        name="load_batch_done_is_whole",
                    ),
                ],
                "indexes": [],
            },
        ),
    ]
