"""Facts in English: as told to the learner they concern (`WHY`), and as recorded (`RECORD`).

`{x}` is the fact's title, `{when}` its moment (` on 3 September`), `{have}`, `{are}`, `{your}` follow the learner.
Without a subject the learner is the subject.
"""

from __future__ import annotations

from planned.check.graph import Kind

WHY: dict[Kind, tuple[str, str, str]] = {  # subject, true, false
    Kind.COMPLETE: ("", "completed {x}{when}", "{have} not completed {x} yet"),
    Kind.RULE_COMPLETE: ("the series {x}", "ended{when}", "has not ended yet"),
    Kind.COURSE_COMPLETE: ("", "completed the course{when}", "{have} not completed the course yet"),
    Kind.GRADE: ("{your} grade for {x}", "is {op}", "is not {op}"),
    Kind.ENROLLED: ("", "joined the course{when}", "{have} not joined the course"),
    Kind.WITHOUT_ACCESS: ("", "{have} not visited the course for {span}", "visited the course less than {span} ago"),
    Kind.IN_GROUP: ("", "joined group {x}{when}", "{are} not in group {x}"),
    Kind.DATE_OVER: ("{x}", "{over}", "is not over yet"),
    Kind.PASSING: ("", "passed {x}{when}", "{have} not passed {x} yet"),
    Kind.FAILING: ("", "failed {x}{when}", "{have} not failed {x}"),
    Kind.SUBMISSION: ("", "submitted {x}{when}", "{have} not submitted {x} yet"),
    Kind.VIEWING: ("", "viewed {x}{when}", "{have} not viewed {x} yet"),
    Kind.FIRST_ACCESS: ("", "visited the course for the first time{when}", "{have} not visited the course yet"),
    Kind.ACCESS: ("", "visited the course{when}", "{have} not visited the course yet"),
    Kind.LEAVING_GROUP: ("", "left group {x}{when}", "{have} not left group {x}"),
    Kind.SENDING: ("", "received the message {x}{when}", "{have} not received the message {x} yet"),
    Kind.EVENT: ("the event {x}", "happened{when}", "has not happened yet"),
    Kind.IS_PASSED: ("", "passed {x}{when}", "{have} not passed {x} yet"),
    Kind.IS_FAILED: ("", "failed {x}{when}", "{have} not failed {x}"),
    Kind.IS_SUBMITTED: ("", "submitted {x}{when}", "{have} not submitted {x} yet"),
    Kind.IS_VIEWED: ("", "viewed {x}{when}", "{have} not viewed {x} yet"),
    Kind.IS_SENT: ("", "received the message {x}{when}", "{have} not received the message {x} yet"),
    Kind.ENROLLED_AS: ("", "{have} the role {x}", "{do} not have the role {x}"),
    Kind.ACTIVE_WITHIN: ("", "visited the course less than {span} ago", "{have} not visited the course for {span}"),
    Kind.PROFILE: ("{your} profile", "{is}", "{is_not}"),
    Kind.TODAY_IS: ("today", "is {days}", "is not {days}"),
    Kind.BEFORE_DAY: ("today", "is before {day}", "is not before {day}"),
    Kind.AFTER_DAY: ("today", "is after {day}", "is not after {day}"),
}

RECORD: dict[Kind, tuple[str, str, str]] = {  # true with its moment, true without one, false
    Kind.COMPLETE: ("{x} has been complete since {since}", "{x} is complete", "{x} is not complete"),
    Kind.RULE_COMPLETE: ("{x} has been complete since {since}", "{x} is complete", "{x} is not complete"),
    Kind.COURSE_COMPLETE: (
        "The course has been complete since {since}",
        "The course is complete",
        "The course is not complete",
    ),
    Kind.GRADE: (
        "The grade of {x} has been {op} since {since}",
        "The grade of {x} is {op}",
        "The grade of {x} is not {op}",
    ),
    Kind.ENROLLED: (
        "The learner has been enrolled since {since}",
        "The learner is enrolled",
        "The learner is not enrolled",
    ),
    Kind.WITHOUT_ACCESS: (
        "There has been no visit to the course for {span}",
        "There has been no visit to the course for {span}",
        "The last visit to the course was less than {span} ago",
    ),
    Kind.IN_GROUP: (
        "The learner has been in group {x} since {since}",
        "The learner is in group {x}",
        "The learner is not in group {x}",
    ),
    Kind.DATE_OVER: ("{X} has been over since {since}", "{X} is over", "{X} is not over yet"),
    Kind.PASSING: ("{x} was passed{when}", "{x} was passed{when}", "{x} was not passed"),
    Kind.FAILING: ("{x} was failed{when}", "{x} was failed{when}", "{x} was not failed"),
    Kind.SUBMISSION: ("{x} was submitted{when}", "{x} was submitted{when}", "{x} was not submitted"),
    Kind.VIEWING: ("{x} was viewed{when}", "{x} was viewed{when}", "{x} was not viewed"),
    Kind.FIRST_ACCESS: (
        "The first visit to the course was{when}",
        "The course was visited",
        "The course was never visited",
    ),
    Kind.ACCESS: ("The course was visited{when}", "The course was visited{when}", "The course was not visited"),
    Kind.LEAVING_GROUP: (
        "The learner left group {x}{when}",
        "The learner left group {x}{when}",
        "The learner did not leave group {x}",
    ),
    Kind.SENDING: ("{x} was sent{when}", "{x} was sent{when}", "{x} was not sent"),
    Kind.EVENT: ("The event {x} happened{when}", "The event {x} happened{when}", "The event {x} did not happen"),
    Kind.IS_PASSED: ("{x} was passed{when}", "{x} is passed", "{x} is not passed"),
    Kind.IS_FAILED: ("{x} was failed{when}", "{x} is failed", "{x} is not failed"),
    Kind.IS_SUBMITTED: ("{x} was submitted{when}", "{x} is submitted", "{x} is not submitted"),
    Kind.IS_VIEWED: ("{x} was viewed{when}", "{x} is viewed", "{x} is not viewed"),
    Kind.IS_SENT: ("{x} was sent{when}", "{x} is sent", "{x} is not sent"),
    Kind.ENROLLED_AS: (
        "The learner has had the role {x} since {since}",
        "The learner has the role {x}",
        "The learner does not have the role {x}",
    ),
    Kind.ACTIVE_WITHIN: (
        "The last visit to the course was less than {span} ago",
        "The last visit to the course was less than {span} ago",
        "There has been no visit to the course for {span}",
    ),
    Kind.PROFILE: ("The learner's profile {is}", "The learner's profile {is}", "The learner's profile {is_not}"),
    Kind.TODAY_IS: ("It was {days}", "It was {days}", "It was not {days}"),
    Kind.BEFORE_DAY: ("It was before {day}", "It was before {day}", "It was not before {day}"),
    Kind.AFTER_DAY: ("It was after {day}", "It was after {day}", "It was not after {day}"),
}

GRADE = {"below": "below {n}", "above": "above {n}", "at-least": "at least {n}", "at-most": "at most {n}"}

PROFILE = {  # operator: true, false
    "is": ("has “{v}” as {x}", "does not have “{v}” as {x}"),
    "contains": ("has “{v}” in its field {x}", "does not have “{v}” in its field {x}"),
    "starts-with": ("has a {x} that starts with “{v}”", "has no {x} that starts with “{v}”"),
    "is-empty": ("has no {x}", "has the field {x} filled in"),
}

DATES = {
    "deadline": "the deadline of {x}",
    "start": "the start of the course",
    "end": "the end of the course",
    "end-of-enrolment": "the end of the enrolment",
}

FIELDS = {"firstname": "first name", "lastname": "last name", "fullname": "full name"}
