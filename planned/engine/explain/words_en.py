"""What an explanation says in English: facts as they turn true, are true and are not, and a sentence for each clause.

`{x}` is a title in quotes, `{nth}` and `{times}` are empty where a happening counts from its first time on.
"""

from __future__ import annotations

from planned.check.graph import Kind

FACTS: dict[Kind, tuple[str, str, str]] = {  # turns true, is true, is not
    Kind.COMPLETE: (
        "the learner completes {x}",
        "the learner has completed {x}",
        "the learner has not completed {x}",
    ),
    Kind.RULE_COMPLETE: (
        "the rule {x} is complete for the learner",
        "the rule {x} is complete for the learner",
        "the rule {x} is not complete for the learner",
    ),
    Kind.COURSE_COMPLETE: (
        "the learner completes the course",
        "the learner has completed the course",
        "the learner has not completed the course",
    ),
    Kind.GRADE: (
        "the learner gets a grade {op} for {x}",
        "the learner has a grade {op} for {x}",
        "the learner has no grade {op} for {x}",
    ),
    Kind.ENROLLED: (
        "the learner is enrolled in the course",
        "the learner is enrolled in the course",
        "the learner is not enrolled in the course",
    ),
    Kind.WITHOUT_ACCESS: (
        "the learner has not visited the course for {span}",
        "the learner has not visited the course for {span}",
        "the learner has visited the course less than {span} ago",
    ),
    Kind.IN_GROUP: (
        "the learner joins the group {x}",
        "the learner is in the group {x}",
        "the learner is not in the group {x}",
    ),
    Kind.DATE_OVER: ("{date} is reached", "{date} is over", "{date} is not over"),
    Kind.PASSING: (
        "the learner passes {x}{nth}",
        "the learner has passed {x}{times}",
        "the learner has not passed {x}{times}",
    ),
    Kind.FAILING: (
        "the learner fails {x}{nth}",
        "the learner has failed {x}{times}",
        "the learner has not failed {x}{times}",
    ),
    Kind.SUBMISSION: (
        "the learner submits {x}{nth}",
        "the learner has submitted {x}{times}",
        "the learner has not submitted {x}{times}",
    ),
    Kind.VIEWING: (
        "the learner views {x}{nth}",
        "the learner has viewed {x}{times}",
        "the learner has not viewed {x}{times}",
    ),
    Kind.FIRST_ACCESS: (
        "the learner visits the course for the first time",
        "the learner has visited the course",
        "the learner has not visited the course yet",
    ),
    Kind.ACCESS: (
        "the learner visits the course{nth}",
        "the learner has visited the course{times}",
        "the learner has not visited the course{times}",
    ),
    Kind.LEAVING_GROUP: (
        "the learner leaves the group {x}{nth}",
        "the learner has left the group {x}{times}",
        "the learner has not left the group {x}{times}",
    ),
    Kind.SENDING: (
        "a message of the rule {x} goes out for the learner{nth}",
        "a message of the rule {x} has gone out for the learner{times}",
        "no message of the rule {x} has gone out for the learner{times}",
    ),
    Kind.EVENT: (
        "the platform reports the event {x} for the learner{nth}",
        "the platform has reported the event {x} for the learner{times}",
        "the platform has not reported the event {x} for the learner{times}",
    ),
    Kind.IS_PASSED: (
        "the learner's latest result for {x} is a pass",
        "the learner's latest result for {x} is a pass",
        "the learner's latest result for {x} is no pass",
    ),
    Kind.IS_FAILED: (
        "the learner's latest result for {x} is a fail",
        "the learner's latest result for {x} is a fail",
        "the learner's latest result for {x} is no fail",
    ),
    Kind.IS_SUBMITTED: (
        "the learner submits {x}",
        "the learner has submitted {x}",
        "the learner has not submitted {x}",
    ),
    Kind.IS_VIEWED: ("the learner views {x}", "the learner has viewed {x}", "the learner has not viewed {x}"),
    Kind.IS_SENT: (
        "a message of the rule {x} goes out for the learner",
        "a message of the rule {x} has gone out for the learner",
        "no message of the rule {x} has gone out for the learner",
    ),
    Kind.ENROLLED_AS: (
        "the learner is enrolled with the role {x}",
        "the learner is enrolled with the role {x}",
        "the learner is not enrolled with the role {x}",
    ),
    Kind.ACTIVE_WITHIN: (
        "the learner has visited the course within the last {span}",
        "the learner has visited the course within the last {span}",
        "the learner has not visited the course within the last {span}",
    ),
    Kind.PROFILE: (
        "the learner's profile {is}",
        "the learner's profile {is}",
        "the learner's profile {is_not}",
    ),
    Kind.TODAY_IS: ("that day is {days}", "that day is {days}", "that day is not {days}"),
    Kind.BEFORE_DAY: ("it is before {day}", "it is before {day}", "it is not before {day}"),
    Kind.AFTER_DAY: ("it is after {day}", "it is after {day}", "it is not after {day}"),
}

UNDONE: dict[Kind, str] = {
    Kind.COMPLETE: "{x} is reset",
    Kind.COURSE_COMPLETE: "the course's completion is taken back",
    Kind.GRADE: "the grade for {x} is changed",
    Kind.WITHOUT_ACCESS: "the learner comes back",
    Kind.IN_GROUP: "the learner leaves the group",
    Kind.DATE_OVER: "the date is moved or removed",
    Kind.IS_PASSED: "a later try is failed",
    Kind.IS_FAILED: "a later try is passed",
    Kind.ENROLLED_AS: "the role ends",
    Kind.PROFILE: "the profile changes",
}

RECIPIENTS = {
    "learner": "The learner gets",
    "tutor": "The learner's tutor gets",
    "tutors": "All tutors of the learner get",
    "manager": "The learner's manager gets",
    "role": "Everybody with the role {x} in the course gets",
    "contact": "{x} gets",
    "noreply": "The address for notifications gets",
}

SENDERS = {
    "noreply": "It is a notification: nobody can answer it.",
    "tutor": "It comes from the tutor, whom the reader can answer.",
    "contact": "It comes from {x}, whom the reader can answer.",
    "other": "It comes from “{word}”.",
}

SENTENCES = {
    # --- whom it concerns
    "for.course": "For every learner enrolled in the course {x}.",
    "for.every": "For every learner enrolled in a course, in each course by itself.",
    "for.nobody": "No course is declared above this rule: it would concern every learner of every course.",
    "draft": "It is a draft: what it sends goes to the settings' test address only.",
    "paused": "It is paused: it starts nothing, and what waits is held.",
    "first_day": "It starts nothing before {day}.",
    "last_day": "It starts nothing after {day}; what still waits when that day is over is cancelled.",
    "topic": "Its messages belong to the topic {x}; whoever has unsubscribed from it gets none.",
    "was": "It was called {x} before and takes over what waits under that name.",
    # --- what starts it
    "after": "It starts when {what}.",
    "after.all": "It starts as soon as {what}. Whichever comes last starts it.",
    "after.once": "Only once for each enrolment: what happens again later starts nothing more.",
    "after.undone": "If that is undone while a message waits ({how}), the message is cancelled.",
    "every": "It starts {rhythm} at {time}, for each learner enrolled at that moment.",
    "every.weekdays": "The first time is the next such moment after {base}.",
    "every.periods": "The first time is {span} after {base}, on the day on which that time is up.",
    "every.month": "In a month without such a day it is the month's last day.",
    "every.since": "It begins once {what}, and pauses while that is not so.",
    "every.since.happening": "It begins once {what}.",
    "every.until": "It no longer comes once {what}.",
    "base.enrolment": "the enrolment",
    "base.fact": "that start",
    "rhythm.day": "every day",
    "rhythm.weekdays": "every {days}",
    "rhythm.periods": "every {span}",
    "rhythm.weeks": "every {span}",
    "rhythm.one": "every {span}",
    "on": "It starts once, on {day} at {time}, for everybody who is enrolled then. Who comes later gets nothing.",
    "before": "It starts {span} before {date}, for everybody who is enrolled by then.",
    "before.at": "It starts on the day that is {span} before {date}, at {time}, for everybody who is enrolled by then.",
    "before.day": "It starts on the day of {date}, at {time}, for everybody who is enrolled by then.",
    "before.moves": "If the date moves, so does what waits; if it is removed, what waits is cancelled.",
    "date.unknown": "The platform says when that is; as long as it does not, nothing happens.",
    "date.is": "That is {when}.",
    "date.group": "{when} for the group {x}",
    "date.ends": "A date without a time is over when its day has ended.",
    "complete.any": "Completed means done, whatever the result.",
    "visits": "Opening the course, viewing, submitting and completing something are visits. "
    "Without any visit it counts from the enrolment.",
    "visits.over": "Once the course is completed or over, nobody counts as absent.",
    "grade.latest": "The latest grade counts; who has no grade fulfils nothing.",
    # --- waits
    "wait.none": "Nothing is waited for: the message is due at once.",
    "wait.none.then": "Nothing is waited for: it is due as soon as the message before it was.",
    "from.start": "after that moment",
    "from.step": "after the time at which the message before it was due",
    "wait.calendar": "The message is due {span} {after}, at the same time of day, "
    "whether or not the clocks change in between.",
    "wait.day_at": "The message is due {span} {after}: on the day on which that time is up, at {time}.",
    "wait.range": "That is {low} to {high} later, depending on the time of day at which it began.",
    "wait.range.most": "That is at most {high} later, depending on the time of day at which it began.",
    "wait.elapsed": "The message is due {span} {after}, counted to the minute; "
    "when the clocks change in between, the time of day shifts with them.",
    "wait.elapsed_at": "The message is due at the first {time} that is {span} or more {after}, so up to a day later "
    "than that.",
    "wait.least_at": "The message is due at the first {time} that is at least {span} {after}, so up to a day later "
    "than that.",
    "wait.mixed": "The message is due {civil} {after}, at the same time of day, and {elapsed} more, to the minute.",
    "wait.months": "In a month without such a day it is the month's last day.",
    "wait.working": "Monday to Friday are working days, counted from the next day on; "
    "holidays count too, because no “quiet on holidays of …” holds here.",
    "wait.working.holidays": "Monday to Friday are working days, but not the holidays of {x}; "
    "they are counted from the next day on.",
    "wait.weekday": "The message is due on the first {days} at {time} {after}; "
    "on a {days} itself the same day, if it is not yet {time}.",
    "wait.date": "The message is due on {day} at {time}.",
    "wait.date.late": "Who comes so far only later gets it at once, but no more than {span} later.",
    "wait.up_to": "It waits until {what}, but at most {span} {after}; when the time is up, it goes on all the same.",
    "wait.up_to.state": "If that is so already, it does not wait.",
    "wait.up_to.happening": "What happened before the rule started does not count.",
    # --- guards
    "if": "When the message is due, and not before, this is looked at: it goes only if {what}.",
    "unless": "When the message is due, and not before, this is looked at: it does not go if {what}.",
    "guard.then": "If it does not go, the following step still comes.",
    # --- messages
    "send": "{who} {message}{channel}.",
    "message.text": "the message “{text}”",
    "message.subject": "a message with the subject “{text}”",
    "message.template": "the message {name}",
    "message.template.subject": "the message {name} with the subject “{text}”",
    "messages.every": "Each time another one, in this order: {messages}. After the last one it ends.",
    "messages.repeat": "Each time another one, in this order: {messages}.",
    "messages.one": "one message",
    "channel.email": " by mail",
    "channel.other": " by the channel “{x}”",
    "urgent": "It is urgent: quiet times and limits do not hold it back, and it does not count for limits.",
    "notify": "If that message goes, and only then: {who} {message}{channel}.",
    "notify.daily": "If that message goes, {who} {message}{channel}: gathered, once a day at {time}, "
    "for all learners of the day.",
    "repeat": "After that it is repeated {times}: {spans} after the first one was due.",
    "repeat.at": "After that it is repeated {times}: {spans} after the first one was due, at {time} on that day.",
    "repeat.first_at": "After that it is repeated {times}: {spans} after the first one was due, "
    "at the first {time} from then on.",
    "repeat.once": "once",
    "repeat.times": "up to {n} times",
    "repeat.more": "and so on",
    "repeat.guards": "Before each one what is asked above is looked at again; the first no ends the series.",
    # --- the last clauses
    "stop": "As soon as {what}, whatever still waits is cancelled. If that is so already when the rule starts, "
    "nothing is sent.",
    "complete.sent": "For a learner the rule is complete once its last message has gone.",
    "complete.elapsed": "For a learner the rule is complete once its last wait is over, whether the message went "
    "or not; a cancelled one completes nothing.",
    "complete.never": "The rule is never complete: it comes again and again.",
    "again.each": "Each further time starts it anew, independently of the times before.",
    "again.after": "It can start again for the same learner, at the earliest {span} after it last started.",
    "expires": "What cannot leave within {span} of the time at which it was due is not sent any more.",
    "even": "It goes on for learners who are no longer enrolled.",
    "unenrolled": "Who is unenrolled gets nothing more; what waits for somebody suspended is decided at the return.",
    "starts": "Then the rule {rules} starts.",
    "starts.several": "Then the rules {rules} start.",
    "sends": "Each message of it starts the rule {rules}.",
    "sends.several": "Each message of it starts the rules {rules}.",
    # --- declarations
    "zone": "Times are those of the learner's own time zone where it is known, else those of {zone}.",
    "zone.all": "All times are those of {zone}, for everybody.",
    "zone.none": "No time zone is declared: times are those of the learner's own zone, else of the settings (UTC "
    "if they name none).",
    "quiet.hours": "From {start} to {end} no message leaves: it waits until {end}.",
    "quiet.days": "On {days} no message leaves: it waits for the same time on the next free day.",
    "quiet.holidays": "On the holidays of {x} no message leaves: it waits for the same time on the next free day.",
    "quiet.dates": "From {first} to {last}, both included, no message leaves: it waits for the same time on the next "
    "free day.",
    "limit.day": "A learner gets at most {n} a day from all rules of this file: one too many waits for the same time "
    "on the next day.",
    "limit.week": "A learner gets at most {n} a week, from Monday on, from all rules of this file: one too many waits "
    "for the same time on the next Monday.",
    "limit.message": "{n} message",
    "limit.messages": "{n} messages",
    "lateness": "What is noticed up to {span} late, after an outage say, still goes; what is later does not.",
    "urgent.all": "All messages of this rule are urgent: quiet times and limits do not concern them.",
    # --- examples
    "firing": "If it starts on {start}, the message leaves on {leaves}.",
    "firing.several": "If it starts on {start}, the messages leave on {leaves}.",
    "firing.at_once": "If it starts on {start}, the message leaves at once.",
    "firing.more": "and so on",
    "firing.quiet": "Quiet times moved it: without them the message would have left on {moment}.",
    "firing.skipped": "On {day} the clocks go forward and {asked} does not exist; it leaves at {time}.",
    "firing.twice": "On {day} the clocks go back and {asked} comes twice; the first time counts.",
    "firing.shifted": "The clocks change in between: {span} really pass, and the clock shows {time}, not {asked}.",
    "firing.month-end": "That month has no 31st, so it is its last day.",
    # --- storyboards
    "story.sent": "{name}: the message goes",
    "story.late": "{name}: the same, but ten days later",
    "story.idle": "{name}: does nothing of it",
    "story.suppressed": "{name}: held back by {guard}",
    "story.cancelled": "{name}: what waits is cancelled",
    "story.postponed": "{name}: quiet times hold the message back for a while",
    "story.held": "quiet times hold the message back until {moment}",
    "story.more": "… and so on",
    "story.nothing": "nothing goes: nothing has started the rule",
    "story.goes": "the message “{text}” goes",
    "story.notice": "a notice goes with it: “{text}”",
    "story.not.suppressed": "no message. {reason}",
    "story.not.cancelled": "cancelled. {reason}",
    "story.not.expired": "too late. {reason}",
    "story.not.failed": "the message cannot be written. {reason}",
    "story.not.pending": "the message still waits",
    "event.enrolment": "{name} joins the course",
    "event.access": "{name} visits the course",
    "event.submission": "{name} submits {x}",
    "event.viewing": "{name} views {x}",
    "event.complete": "{name} completes {x}",
    "event.passed": "{name} passes {x}",
    "event.failed": "{name} fails {x}",
    "event.incomplete": "{x} is reset for {name}",
    "event.course.complete": "{name} completes the course",
    "event.course.passed": "{name} passes the course",
    "event.course.failed": "{name} fails the course",
    "event.course.incomplete": "the course's completion is taken back for {name}",
    "event.grade": "{name} gets {grade} for {x}",
    "event.joins": "{name} joins the group {group}",
    "event.leaves": "{name} leaves the group {group}",
    "event.date": "it becomes known that {date} is on {moment}",
    "event.date.removed": "{date} is removed",
    "event.other": "the platform reports the event {kind} for {name}",
    # --- titles
    "title.end": "What follows",
    "title.declarations": "What also holds for this rule",
    "title.examples": "Examples",
    "examples.none": "No example was found after which this rule sends anything.",
    "examples.errors": "Examples come once the files have no errors any more: planned lint shows them.",
    # --- joints
    "and": "and",
    "or": "or",
    "joint.on": "on ",
    "joint.if": "",
    "joint.that": "",
    "on_day": "on {day}",
    "at": "{day} at {time}",
}
