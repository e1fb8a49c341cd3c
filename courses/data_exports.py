"""What this app holds about a person: for their own file."""

from courses.models import (
    Completion,
    Confirmation,
    CourseApplication,
    CourseEvaluator,
    CoursePage,
    CourseRequest,
    CourseReview,
    Instructor,
    Offering,
    ProviderContact,
)
from people.data_export import ExportPart, dump, export
from people.models import User
from people.queries import find_confirmed_emails


@export("courses")
def gather(person: User) -> ExportPart:
    """Own completions and course requests; what one sent for a provider, and for whom one speaks."""
    emails = find_confirmed_emails(person)
    return ExportPart(
        "Courses",
        {
            "completions": dump(Completion.objects.filter(person=person), "offering__title", "set__name"),
            "who was asked to confirm them": dump(
                Confirmation.objects.filter(completion__person=person),
                "completion__offering__title",
                "contact__provider__name",
                without=("words",),
            ),
            "course requests": dump(CourseRequest.objects.filter(person=person), "set__name"),
            "providers you represent": dump(ProviderContact.objects.filter(person=person), "provider__name"),
            "courses that name you to ask": dump(Offering.objects.filter(contact_email__in=emails), "provider__name", "set__name"),
            "what you confirmed": dump(Confirmation.objects.filter(contact__person=person), "completion__offering__title"),
            "courses you sent": dump(CourseApplication.objects.filter(person=person), without=("changed",)),
            "instructors you named": dump(Instructor.objects.filter(application__person=person), "application__title"),
            "typed and not saved yet": dump(
                CoursePage.objects.filter(application__person=person), "application__title", without=("version",)
            ),
            "as course evaluator": dump(CourseEvaluator.objects.filter(person=person)),
            "courses you reviewed": dump(CourseReview.objects.filter(evaluator__person=person), "application__title", without=("version",)),
        },
    )
