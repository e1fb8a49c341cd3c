"""What this room holds about a person: for their own file."""

from courses.models import CollegeContact, Completion, CourseApplication, CourseEvaluator, GraduateClaim, ProviderContact, Wish
from people.exporting import Part, dump, export
from people.models import User


@export("courses")
def gather(person: User) -> Part:
    """Own completions, claims as a graduate and wishes; what one sent for a provider, and for whom one speaks."""
    return Part(
        "Courses and colleges",
        {
            "completions": dump(Completion.objects.filter(person=person), "offering__title", "set__name"),
            "claims as a graduate": dump(GraduateClaim.objects.filter(person=person), "agreement__college__name"),
            "wishes for courses": dump(Wish.objects.filter(person=person), "set__name"),
            "providers you speak for": dump(ProviderContact.objects.filter(person=person), "provider__name"),
            "colleges you speak for": dump(CollegeContact.objects.filter(person=person), "college__name"),
            "courses you sent": dump(CourseApplication.objects.filter(person=person), without=("changed",)),
            "as course evaluator": dump(CourseEvaluator.objects.filter(person=person)),
        },
    )
