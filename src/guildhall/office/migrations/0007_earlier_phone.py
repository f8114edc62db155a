from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0006_the_code_before"),
    ]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="to_sealed",
            field=models.BinaryField(null=True),
        ),
    ]
