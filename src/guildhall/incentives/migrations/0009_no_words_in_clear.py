from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("incentives", "0008_sealed_words"),
    ]

    operations = [
        migrations.RemoveField(model_name="statement", name="value"),
        migrations.RemoveField(model_name="payment", name="reason"),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(condition=~models.Q(fact__in=("born_on",)), name="statement_no_birthday"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(code__in=("", "closed", "blocked", "name", "number", "other")), name="payment_code_known"
            ),
        ),
    ]
