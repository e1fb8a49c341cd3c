"""Who plays in the demonstration. Everyone is made up; email goes to .example addresses that can't exist."""

from dataclasses import dataclass

PASSWORD = "library-demo-2012"  # noqa: S105 (it is shown on the demonstration's own page)


@dataclass(frozen=True)
class Hint:
    """Someone to sign in as, and what they see."""

    name: str
    called: str
    email: str
    sees: str


HINTS = [
    Hint(
        "Alice Moreau",
        "Alice",
        "alice@marlow.example",
        "a candidate in her first year: two sets achieved, one portfolio being rated, one being written",
    ),
    Hint("Rita Lindqvist", "Rita", "rita@lssc.example", "the program office: the inbox, people, decisions, certificates"),
    Hint("Bob Tran", "Bob", "bob@prairie.example", "an evaluator with an invitation to answer, and portfolios to rate"),
    Hint("Beth Alvarez", "Beth", "beth@lakeside.example", "another evaluator"),
    Hint("Charlie Okafor", "Charlie", "charlie@elsewhere.example", "somebody with an account who has not applied"),
    Hint("Dana Whitfield", "Dana", "dana@ridge.example", "an applicant whose application is with staff"),
    Hint("Nguyễn Thị Hòa", "Hòa", "hoa@harbor.example", "a holder with an active certificate, who logs what she learns"),
    Hint("Gwen Parrish", "Gwen", "gwen@mesa.example", "a holder in grace, with one activity missing to renew"),
    Hint("Leon Hardy", "Leon", "leon@cedar.example", "a holder whose certificate lapsed, and who can ask to have it back"),
    Hint("Luz Ortega", "Luz", "luz@mesa.example", "a candidate who is asked for more on a portfolio"),
    Hint("Ines Duarte", "Ines", "ines@ridge.example", "a candidate who has a portfolio fee to pay by card"),
    Hint("Sam Rivers", "Sam", "sam@lincoln.example", "a candidate with all six sets who can ask for the certificate"),
    Hint("Priya Natarajan", "Priya", "priya@prairie.example", "a director who pays for six people by purchase order"),
    Hint("Gwen Fields", "Gwen", "gwen@cedarvalley.example", "a college’s contact, with an agreement that ends soon and graduates to post"),
    Hint("Otto Berg", "Otto", "otto@lssc.example", "an auditor: reads the office, changes nothing"),
    Hint(
        "Pat Reyes",
        "Pat",
        "pat@prairielibrary.example",
        "speaks for a provider: courses in every state, one to renew, a completion to confirm",
    ),
    Hint("Vera Sato", "Vera", "vera@canyon.example", "a course evaluator with a course to review"),
    Hint("Cora Blum", "Cora", "cora@lakes.example", "a member of the committee, with a course and an appeal to decide"),
    Hint("Milo Adeyemi", "Milo", "milo@delta.example", "another member, who has this year’s statement to sign first"),
    Hint("Flora Quist", "Flora", "flora@juniper.example", "an applicant who appeals a refusal"),
    Hint("Nils Adair", "Nils", "nils@juniper.example", "a candidate whose portfolio did not achieve its set, and who can appeal"),
]

FIRST_NAMES = (  # noqa: SIM905
    "Ada Amir Ana Andre Bao Carmen Chen Clara Dalia Dev Elena Emeka Esther Farah Felix Gia Grace Hana Hugo Ida Imani Ivan Jada Jin Jonas "
    "Kavya Keisha Lars Leila Liam Lucía Maeve Mai Marcus Mei Mira Nadia Noor Omar Paola Petra Quinn Rafael Rosa Ruth Sadie Sofía Tariq "
    "Tess Uma Vera Wanda Xiomara Yara Yusuf Zoë Zuri Aisha Boris Cleo Daria Enzo Fiona"
).split()
LAST_NAMES = (  # noqa: SIM905
    "Abara Adams Arias Baker Banerjee Bell Brandt Castillo Cohen Cruz Dang Diaz Dvořák Eze Farrell Flores Gupta Haddad Hall Ibrahim Ito "
    "Jansen Kaya Keller Khan Kim Kowalski Larsen Lee Lindgren Lopez Mbeki Medina Meyer Mori Nakamura Ndiaye Novak Nowak O’Brien Okoye "
    "Ortiz Park Patel Petrov Quiroga Ramos Reyes Rossi Sato Schmidt Silva Singh Sokolov Tanaka Torres Vargas Wagner Walsh Wong Yilmaz "
    "Young Zhang"
).split()
LIBRARIES = [
    ("Marlow County Library", "public"),
    ("Ridge Road Branch Library", "public"),
    ("Lincoln School Library", "school"),
    ("Harbor City Public Library", "public"),
    ("Mesa College Library", "academic"),
    ("Prairie State University Library", "academic"),
    ("Lakeside Law Library", "special"),
    ("Cedar Falls Public Library", "public"),
    ("St. Anne Hospital Library", "special"),
    ("Elm Street Elementary Library", "school"),
]
POSTS = [
    "Circulation assistant",
    "Library page",
    "Technical services aide",
    "Youth services assistant",
    "Interlibrary loan clerk",
    "Branch assistant",
]
OPENINGS = [
    "I chose something that happened at our desk this year, because it shows what I do when nobody is there to ask.",
    "I picked a small project of mine and tell it from the first idea to what we kept.",
    "I describe how we do this every week, and one time when it did not work.",
]
NARRATIVES = [
    "Most people who come to our desk want one thing, so I counted for a week what they asked. Thirty-one of fifty-four questions were the "
    "same. I wrote a one-page handout with a picture of each step, and tried it on four people who had asked me that day.\n\nTwo of them "
    "got lost at the same place. I changed the page, and with the second version six of six people got there without me.\n\nI learned to "
    "keep my hands behind my back: people remember what they did, not what I did. Next time I would test it with a colleague first.",
    "In March a patron fell near the copier. I was alone at the circulation desk. Our policy says: first the person, then the area, then "
    "the report. I asked her if she could move, called for help, and asked a colleague to keep people away from the stairs.\n\nAfterward I "
    "filled in the form, and saw that it asked for a witness but not for the state of the floor. I talked with my supervisor, and we added "
    "a line. We have used the new form four times since.\n\nWhat I learned: the report is not paperwork, it is how the next fall is "
    "prevented.",
    "Our shelves for large print were full, and the list of what goes out showed why: half of it had not moved in three years. I pulled "
    "the report, walked the shelves with it, and proposed what to keep. The librarian agreed on all but nine titles, and told me why for "
    "each.\n\nI then wrote down the steps, so that two of us can do it in an hour each spring. Lending went up by a fifth in the next "
    "quarter.\n\nI learned to bring numbers and to leave the last word to the person who knows the readers.",
]
STATEMENT = (
    "This set is what I do every day, and I never had words for it. I started as a page and was asked to help at the desk when somebody "
    "was ill. I stayed.\n\nWriting the answers showed me how much of it I had learned by watching others, and where I only did as I was "
    "told. I now read our policies before I need them, and ask why.\n\nWhat I take with me: to look at what people really do, to write "
    "down what works, and to say early when something is beyond me."
)
COMMENTS = [
    "You tell what the library does. Please say what you did yourself, and how you know that it worked.",
    "A good start. One example of a real case, with what came of it, would show this fully.",
]
PRAISE = ["Testing it with real people, and changing it, is just what this asks for.", "", "", "Clear and honest.", ""]
