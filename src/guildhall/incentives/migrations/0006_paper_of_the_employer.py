from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("incentives", "0005_candidates"),
    ]

    operations = [
        migrations.AddField(
            model_name="claim",
            name="shown_by",
            field=models.BigIntegerField(null=True),
        ),
    ]
