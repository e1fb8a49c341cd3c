"""What staff ask of an applicant gets a name of its own; questions from visitors to the program keep theirs."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

ITEMS = ["who", "diploma", "member", "work", "resume", "graduate", "transcript", "letter"]


class Migration(migrations.Migration):
    dependencies = [
        ("candidates", "0005_hours_shown_later"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="inquiry", name="candidates_one_open_inquiry"),
        migrations.RemoveConstraint(model_name="inquiryitem", name="candidates_inquiry_item"),
        migrations.RemoveConstraint(model_name="inquiryitem", name="candidates_asked_once"),
        migrations.RenameModel(old_name="Inquiry", new_name="InformationRequest"),
        migrations.RenameModel(old_name="InquiryItem", new_name="RequestedItem"),
        migrations.RenameField(model_name="requesteditem", old_name="inquiry", new_name="request"),
        migrations.AlterField(
            model_name="informationrequest",
            name="application",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="requests", to="candidates.application"),
        ),
        migrations.AddConstraint(
            model_name="informationrequest",
            constraint=models.UniqueConstraint(
                fields=["application"], condition=Q(closed_at__isnull=True), name="candidates_one_information"
            ),
        ),
        migrations.AddConstraint(
            model_name="requesteditem",
            constraint=models.CheckConstraint(condition=Q(item__in=ITEMS), name="candidates_requested_item"),
        ),
        migrations.AddConstraint(
            model_name="requesteditem",
            constraint=models.UniqueConstraint(fields=["request", "item"], name="candidates_asked_once"),
        ),
    ]
