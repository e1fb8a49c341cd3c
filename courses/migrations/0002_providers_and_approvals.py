import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("candidates", "0001_initial"),
        ("courses", "0001_initial"),
        ("people", "0002_roles"),
        ("people", "__first__"),
        ("programs", "0002_first_terms_and_framework"),
    ]

    operations = [
        migrations.CreateModel(
            name="CourseApplication",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=[("new", "New course"), ("renewal", "Renewal")], default="new", max_length=8)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("awaiting_payment", "Waits for its fee"),
                            ("in_review", "In review"),
                            ("changes", "Changes are asked for"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
                ("title", models.CharField(blank=True, default="", max_length=200)),
                ("parts", models.JSONField(blank=True, default=list)),
                ("changed", models.TextField(blank=True, default="")),
                ("objectives", models.TextField(blank=True, default="")),
                ("syllabus", models.TextField(blank=True, default="")),
                ("readings", models.TextField(blank=True, default="")),
                ("methods", models.TextField(blank=True, default="")),
                ("assessment", models.TextField(blank=True, default="")),
                (
                    "format",
                    models.CharField(
                        blank=True,
                        choices=[("online", "Online"), ("in_person", "In person"), ("blended", "Some of each")],
                        default="",
                        max_length=12,
                    ),
                ),
                (
                    "pace",
                    models.CharField(
                        blank=True,
                        choices=[("live", "Live, at set hours"), ("self_paced", "Self-paced"), ("both", "Some live, some self-paced")],
                        default="",
                        max_length=12,
                    ),
                ),
                ("price_cents", models.PositiveIntegerField(blank=True, null=True)),
                ("starts_on", models.DateField(blank=True, null=True)),
                ("dates", models.CharField(blank=True, default="", max_length=200)),
                ("contact_name", models.CharField(blank=True, default="", max_length=120)),
                ("contact_email", models.EmailField(blank=True, default="", max_length=254)),
                ("website", models.URLField(blank=True, default="")),
                ("asked_items", models.JSONField(blank=True, default=list)),
                ("asked_text", models.TextField(blank=True, default="")),
                ("started_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("sent_on", models.DateField(blank=True, null=True)),
                ("paid_on", models.DateField(blank=True, null=True)),
                ("decide_by", models.DateField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decision_text", models.TextField(blank=True, default="")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "offering",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="courses.offering",
                    ),
                ),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                (
                    "provider",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="applications", to="courses.provider"),
                ),
                (
                    "set",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.competencyset"
                    ),
                ),
                (
                    "terms",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.terms"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "in_review")), fields=["decide_by", "id"], name="courses_applications_waiting"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "awaiting_payment", "in_review", "changes", "approved", "refused", "withdrawn"])
                        ),
                        name="courses_application_state",
                    ),
                    models.CheckConstraint(condition=models.Q(("kind__in", ["new", "renewal"])), name="courses_application_kind"),
                    models.CheckConstraint(
                        condition=models.Q(("format__in", ["", "online", "in_person", "blended"])), name="courses_application_format"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("pace__in", ["", "live", "self_paced", "both"])), name="courses_application_pace"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("kind", "renewal"), _negated=True), ("offering__isnull", False), _connector="OR"),
                        name="courses_application_renews_something",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "renewal"), ("state__in", ("draft", "awaiting_payment", "in_review", "changes"))),
                        fields=("offering",),
                        name="courses_one_renewal_at_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "withdrawn"]),
                            models.Q(
                                ("sent_at__isnull", False), ("sent_on__isnull", False), ("set__isnull", False), ("terms__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="courses_application_sent_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "awaiting_payment", "withdrawn"]),
                            models.Q(("decide_by__isnull", False), ("paid_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="courses_application_review_paid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["approved", "refused"]), _negated=True),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="courses_application_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True), models.Q(("decided_by", models.F("person")), _negated=True), _connector="OR"
                        ),
                        name="courses_application_nobody_decides_own",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_on", models.DateField()),
                ("last_on", models.DateField()),
                ("anchor_on", models.DateField()),
                ("months", models.PositiveSmallIntegerField()),
                ("source", models.CharField(max_length=500)),
                ("entered_at", models.DateTimeField()),
                (
                    "offering",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="approvals", to="courses.offering"),
                ),
                (
                    "terms",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.terms"
                    ),
                ),
                (
                    "application",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approval",
                        to="courses.courseapplication",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["offering", "last_on"], name="courses_approval_periods")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("last_on__gt", models.F("first_on"))), name="courses_approval_in_order")
                ],
            },
        ),
        migrations.CreateModel(
            name="ProviderContact",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("new_name", models.CharField(blank=True, default="", max_length=200)),
                (
                    "new_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("state_library", "State library"),
                            ("state_association", "State association"),
                            ("regional_cooperative", "Regional cooperative"),
                            ("college", "Community college"),
                            ("ala_unit", "ALA unit"),
                            ("individual_consultant", "Individual consultant"),
                            ("other", "Other"),
                        ],
                        default="",
                        max_length=24,
                    ),
                ),
                ("new_state", models.CharField(blank=True, default="", max_length=2)),
                ("post", models.CharField(max_length=200)),
                ("note", models.TextField(blank=True, default="")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "With staff"),
                            ("confirmed", "Confirmed"),
                            ("refused", "Not confirmed"),
                            ("withdrawn", "Taken back"),
                            ("ended", "Ended"),
                        ],
                        default="asked",
                        max_length=12,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("answer_by", models.DateField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("refusal_text", models.TextField(blank=True, default="")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="provider_contacts", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="courses.provider"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "asked")), fields=["asked_at", "id"], name="courses_contacts_waiting")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["asked", "confirmed", "refused", "withdrawn", "ended"])),
                        name="courses_contact_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("provider__isnull", False), models.Q(("new_name", ""), _negated=True), _connector="OR"),
                        name="courses_contact_of_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["confirmed", "ended"]), _negated=True), ("provider__isnull", False), _connector="OR"
                        ),
                        name="courses_contact_confirmed_whole",
                    ),
                    models.UniqueConstraint(condition=models.Q(("state", "asked")), fields=("person",), name="courses_contact_one_request"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "confirmed")), fields=("person", "provider"), name="courses_contact_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("confirmed", "refused", "ended")), _negated=True),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="courses_contact_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True), models.Q(("decided_by", models.F("person")), _negated=True), _connector="OR"
                        ),
                        name="courses_contact_nobody_decides_own",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Confirmation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("asked_on", models.DateField()),
                ("expires_on", models.DateField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("is_confirmed", models.BooleanField(null=True)),
                ("words", models.TextField(blank=True, default="")),
                (
                    "completion",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="confirmations", to="courses.completion"),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="confirmations", to="courses.providercontact"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("answered_at__isnull", True)), fields=["expires_on"], name="courses_confirmations_due")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("completion", "contact"), name="courses_confirmation_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at__isnull", True), ("is_confirmed__isnull", True)),
                            models.Q(("answered_at__isnull", False), ("is_confirmed__isnull", False)),
                            _connector="OR",
                        ),
                        name="courses_confirmation_answer_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CourseEvaluator",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("employer", models.CharField(blank=True, default="", max_length=200)),
                ("approved_on", models.DateField()),
                ("ended_on", models.DateField(blank=True, null=True)),
                ("conflicts", models.ManyToManyField(blank=True, related_name="+", to="courses.provider")),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="course_evaluator", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CoursePage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("page", models.CharField(max_length=60)),
                ("version", models.PositiveIntegerField(default=0)),
                ("typed", models.JSONField(blank=True, default=dict)),
                ("saved_at", models.DateTimeField()),
                (
                    "application",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="pages", to="courses.courseapplication"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("application", "page"), name="courses_page_once")],
            },
        ),
        migrations.CreateModel(
            name="CourseReview",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("seat", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("invited", "Invited"),
                            ("done", "Recommended"),
                            ("declined", "Declined"),
                            ("replaced", "Given to somebody else"),
                        ],
                        default="invited",
                        max_length=12,
                    ),
                ),
                ("invited_on", models.DateField()),
                ("review_by", models.DateField()),
                ("version", models.PositiveIntegerField(default=0)),
                ("saved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "advice",
                    models.CharField(
                        blank=True,
                        choices=[("approve", "Approve"), ("changes", "Ask for changes"), ("refuse", "Refuse")],
                        default="",
                        max_length=8,
                    ),
                ),
                ("comment", models.TextField(blank=True, default="")),
                ("rows", models.JSONField(blank=True, default=dict)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "application",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="courses.courseapplication"),
                ),
                (
                    "evaluator",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="courses.courseevaluator"),
                ),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("state", "invited")), fields=["review_by"], name="courses_reviews_due")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["invited", "done", "declined", "replaced"])), name="courses_review_state"
                    ),
                    models.CheckConstraint(condition=models.Q(("seat__in", [1, 2])), name="courses_review_seat"),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["invited", "done"])),
                        fields=("application", "seat"),
                        name="courses_review_one_a_seat",
                    ),
                    models.UniqueConstraint(fields=("application", "evaluator"), name="courses_review_once_each"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True),
                            models.Q(models.Q(("advice", ""), _negated=True), ("finished_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="courses_review_done_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CourseSeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("content", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                ("sealed_at", models.DateTimeField()),
                (
                    "application",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="seals", to="courses.courseapplication"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("application", "number"), name="courses_seal_once")],
            },
        ),
        migrations.CreateModel(
            name="Instructor",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120)),
                ("background", models.TextField(blank=True, default="")),
                ("added_at", models.DateTimeField()),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="instructors", to="courses.courseapplication"
                    ),
                ),
                ("resume", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.document")),
            ],
        ),
        migrations.CreateModel(
            name="MapRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.TextField(blank=True, default="")),
                ("readings", models.TextField(blank=True, default="")),
                ("assignments", models.TextField(blank=True, default="")),
                ("assessment", models.TextField(blank=True, default="")),
                (
                    "application",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="courses.courseapplication"),
                ),
                ("competency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.competency")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("application", "competency"), name="courses_map_row_once")],
            },
        ),
        migrations.CreateModel(
            name="Wish",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("email", models.EmailField(max_length=254)),
                ("place", models.CharField(max_length=200)),
                ("words", models.TextField(blank=True, default="")),
                ("state", models.CharField(choices=[("open", "With staff"), ("answered", "Answered")], default="open", max_length=12)),
                ("asked_at", models.DateTimeField()),
                ("answer_by", models.DateField()),
                ("answer", models.TextField(blank=True, default="")),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "set",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.competencyset"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("state", "open")), fields=["asked_at", "id"], name="courses_wishes_waiting")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("state__in", ["open", "answered"])), name="courses_wish_state"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at__isnull", True), ("state", "open")),
                            models.Q(("answered_at__isnull", False), ("answered_by__isnull", False), ("state", "answered")),
                            _connector="OR",
                        ),
                        name="courses_wish_answered_whole",
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="completion",
            name="courses_completion_state",
        ),
        migrations.RemoveConstraint(
            model_name="completion",
            name="courses_one_live_completion",
        ),
        migrations.AddField(
            model_name="completion",
            name="accept_by",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="completion",
            name="part",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="offering",
            name="contact_email",
            field=models.EmailField(blank=True, default="", max_length=254),
        ),
        migrations.AddField(
            model_name="offering",
            name="contact_name",
            field=models.CharField(blank=True, default="", max_length=120),
        ),
        migrations.AddField(
            model_name="offering",
            name="dates",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(
            model_name="offering",
            name="pace",
            field=models.CharField(
                blank=True,
                choices=[("live", "Live, at set hours"), ("self_paced", "Self-paced"), ("both", "Some live, some self-paced")],
                default="",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="offering",
            name="promised_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="offering",
            name="website",
            field=models.URLField(blank=True, default=""),
        ),
        migrations.AlterField(
            model_name="completion",
            name="proof",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.document"
            ),
        ),
        migrations.AlterField(
            model_name="completion",
            name="state",
            field=models.CharField(
                choices=[
                    ("asked", "With the provider"),
                    ("not_confirmed", "Not confirmed by the provider"),
                    ("claimed", "With staff"),
                    ("accepted", "Accepted"),
                    ("refused", "Refused"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="asked",
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="provider",
            name="kind",
            field=models.CharField(
                choices=[
                    ("state_library", "State library"),
                    ("state_association", "State association"),
                    ("regional_cooperative", "Regional cooperative"),
                    ("college", "Community college"),
                    ("ala_unit", "ALA unit"),
                    ("individual_consultant", "Individual consultant"),
                    ("other", "Other"),
                ],
                max_length=24,
            ),
        ),
        migrations.AddIndex(
            model_name="offering",
            index=models.Index(
                condition=models.Q(("approved_until__isnull", False)), fields=["approved_until"], name="courses_approvals_ending"
            ),
        ),
        migrations.AddConstraint(
            model_name="offering",
            constraint=models.CheckConstraint(
                condition=models.Q(("pace__in", ["", "live", "self_paced", "both"])), name="courses_offering_pace"
            ),
        ),
        migrations.AddField(
            model_name="completion",
            name="confirmed_by",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="courses.providercontact"
            ),
        ),
        migrations.AddConstraint(
            model_name="completion",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["asked", "not_confirmed", "claimed", "accepted", "refused", "withdrawn"])),
                name="courses_completion_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="completion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("asked", "claimed", "accepted"))),
                fields=("candidacy", "offering", "part"),
                name="courses_one_live_completion",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="completion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("part__isnull", True), ("state__in", ("asked", "claimed", "accepted"))),
                fields=("candidacy", "set"),
                name="courses_one_whole_completion",
            ),
        ),
        migrations.AddConstraint(
            model_name="completion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["claimed", "accepted"]), _negated=True),
                    ("proof__isnull", False),
                    ("confirmed_by__isnull", False),
                    _connector="OR",
                ),
                name="courses_completion_proved",
            ),
        ),
    ]
