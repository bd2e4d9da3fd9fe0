//! What the made-up agent is asked, and what it knows: the handbook of a made-up parcel service.

/// A question, what is found on it, and what is answered.
pub(super) struct Topic {
    pub(super) question: &'static str,
    pub(super) documents: [Document; 4],
    pub(super) plan: [&'static str; 3],
    pub(super) answer: &'static str,
}

/// A page of the handbook.
pub(super) struct Document {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) text: &'static str,
}

const fn page(id: &'static str, title: &'static str, text: &'static str) -> Document {
    Document { id, title, text }
}

pub(super) const TOPICS: [Topic; 6] = [
    Topic {
        question: "A customer in Tromsø says her parcel has been \"in transit\" for nine days. What may we promise her?",
        documents: [
            page(
                "ops-114",
                "Transit times north of 66°",
                "Line haul to Tromsø and Alta runs Monday, Wednesday and Friday. In weeks with a closed E6 parcels wait in Narvik; allow four working days on top.",
            ),
            page(
                "cs-031",
                "When a parcel counts as lost",
                "Domestic: no scan for seven working days. Nordic: ten. Only then may a refund be offered without asking the depot.",
            ),
            page(
                "cs-007",
                "What we promise and what we don't",
                "Promise the next thing that we will do and when. Never promise a day of delivery that the route plan does not show.",
            ),
            page(
                "ops-098",
                "Depot contacts",
                "Narvik answers on working days until 15:00. Ask for the cage number, not for the parcel.",
            ),
        ],
        plan: [
            "find out whether nine days are late for this route",
            "check whether the parcel counts as lost",
            "say what can be promised today",
        ],
        answer: "Nine calendar days are six working days, so by our own rule the parcel is late but not lost: Nordic parcels count as lost after ten working days without a scan [cs-031]. The likely place is Narvik, where parcels wait while the E6 is closed [ops-114]. Promise her two things: that you ask Narvik for the cage number before 15:00 today [ops-098], and that she hears from you tomorrow whatever they say. Do not promise a day of delivery; the route plan shows none yet [cs-007]. If there is still no scan on Thursday, offer the refund without asking further.",
    },
    Topic {
        question: "Our webhook got the event parcel.delivered twice for the same parcel. Bug on your side or on ours?",
        documents: [
            page(
                "api-052",
                "Webhooks: delivery guarantees",
                "Events are delivered at least once. An event is sent again when the receiver does not answer 2xx within five seconds.",
            ),
            page(
                "api-053",
                "Webhooks: event ids",
                "Every event has an `event_id` that stays the same when it is sent again. Keep the ids of the last 72 hours.",
            ),
            page(
                "api-061",
                "Webhooks: signatures",
                "The signature covers the raw body. Verify before parsing; answer before working.",
            ),
            page(
                "inc-2209",
                "Incident 2209: doubled events",
                "For eleven minutes events were written twice with different ids. Fixed; senders were told by mail.",
            ),
        ],
        plan: [
            "see what the delivery guarantee says about repeats",
            "tell a repeat apart from the doubled events of incident 2209",
            "name the smallest change that makes the receiver safe",
        ],
        answer: "Most likely neither: events are delivered at least once, and one is sent again when your endpoint does not answer within five seconds [api-052]. Compare the two `event_id`s. If they are equal it was a repeat, and your handler probably did its work before it answered; answer first, then work [api-061]. If they differ it was our incident 2209 [inc-2209]. Either way one change makes you safe: keep the ids of the last 72 hours and drop what you have seen [api-053].",
    },
    Topic {
        question: "Summarise why the sorting centre in Malmö missed its cut-off on Friday, for the Monday meeting.",
        documents: [
            page(
                "log-771",
                "Malmö, Friday: belt 3",
                "17:42 belt 3 stops, sensor fouled. 18:20 restarted. 18:31 stops again. 19:05 sensor replaced.",
            ),
            page(
                "log-772",
                "Malmö, Friday: staffing",
                "Two of nine sorters absent. The agency's replacements arrived at 19:30, an hour and a half after they were booked for.",
            ),
            page(
                "ops-077",
                "Cut-off and what it means",
                "A centre has missed its cut-off when more than two in a hundred parcels leave on the next day's line haul.",
            ),
            page(
                "log-775",
                "Malmö, Friday: volumes",
                "41,300 parcels planned, 46,900 received; the difference came from one sender's sale.",
            ),
        ],
        plan: [
            "put the events of the evening in order",
            "weigh belt, staff and volume against each other",
            "write five sentences that stand on their own",
        ],
        answer: "Malmö missed Friday's cut-off: 6 in 100 parcels left a day late, where 2 are allowed [ops-077]. Volume was 14 % over plan because of one sender's sale we had not been told of [log-775]. That alone would have been absorbed; what broke the evening was belt 3, which stood still for 72 minutes in two stops with one cause, a fouled sensor that was cleaned the first time and replaced only the second [log-771]. Two of nine sorters were missing as well, and the agency came late [log-772]. To decide on Monday: replace a sensor at its first failure, and ask the five largest senders to announce sales.",
    },
    Topic {
        question: "Can we delete a recipient's data while her parcel is still on the way?",
        documents: [
            page(
                "law-012",
                "Erasure requests",
                "Erasure is due within 30 days. Data that is needed to perform a contract may be kept until it is performed.",
            ),
            page(
                "law-014",
                "What the courier needs",
                "Name, address and door code are needed until delivery; the telephone number only if she asked to be called.",
            ),
            page(
                "api-040",
                "DELETE /recipients/{id}",
                "Marks the recipient for erasure. Fields not needed for open parcels are erased at once, the rest when the last parcel is closed.",
            ),
            page(
                "cs-019",
                "How to answer an erasure request",
                "Say what was erased, what is kept, until when, and by which rule. No later than three working days.",
            ),
        ],
        plan: [
            "see what the law lets us keep and for how long",
            "see what the API does in that case",
            "draft the answer to the recipient",
        ],
        answer: "Yes, in two steps. What the courier does not need can go at once, for instance her telephone number if she did not ask to be called; name, address and door code may be kept until the parcel is delivered, since the contract can't be performed without them [law-012, law-014]. `DELETE /recipients/{id}` does exactly this: it erases what no open parcel needs and the rest when the last parcel is closed [api-040]. Answer her within three working days, and name what was erased, what is kept and until when [cs-019].",
    },
    Topic {
        question: "Draft a reply: a shop asks why its customs declarations to Norway started failing with code 4417.",
        documents: [
            page(
                "cus-201",
                "Error codes of the declaration service",
                "4417: the tariff number is valid but has been split; the ten-digit form is required since the start of the month.",
            ),
            page(
                "cus-188",
                "Tariff numbers",
                "Until a number is split, eight digits are accepted and padded. After the split the padded form is refused.",
            ),
            page(
                "cus-205",
                "Numbers split this quarter",
                "6109 10 00 (T-shirts, cotton), 6403 99 11 (shoes), 8517 13 00 (telephones).",
            ),
            page(
                "cs-044",
                "Tone towards shops",
                "Say what to change first, then why. One example is worth a paragraph.",
            ),
        ],
        plan: [
            "find what 4417 means and since when",
            "see which of the shop's goods are concerned",
            "write the reply: what to change first, then why",
        ],
        answer: "Please send ten-digit tariff numbers for T-shirts, shoes and telephones: for example `6109 10 00 10` where you now send `6109 10 00`. These three groups were split at the start of the month [cus-205]. Before the split an eight-digit number was accepted and padded with zeros; since then the padded form is refused with code 4417 [cus-201, cus-188]. Declarations that failed were not lost: correct the number and send them again under the same reference, and they keep their place.",
    },
    Topic {
        question: "Which of our three routing models should plan the Christmas peak, and what would change your mind?",
        documents: [
            page(
                "ml-301",
                "Routing models compared",
                "`greedy-4`: 3 s a plan, 4.1 % longer routes. `anneal-2`: 90 s, 1.2 %. `learned-1`: 9 s, 1.9 %, not yet run above 40,000 stops.",
            ),
            page(
                "ops-120",
                "Peak plan",
                "Replans every four minutes between 05:00 and 07:00; up to 52,000 stops a plan.",
            ),
            page(
                "ml-309",
                "learned-1: known gaps",
                "Falls back to `greedy-4` on an island depot. Quality above 40,000 stops is extrapolated.",
            ),
            page(
                "fin-044",
                "What a longer route costs",
                "One per cent of route length in the peak is about 61,000 euros.",
            ),
        ],
        plan: [
            "rule out what does not fit the time between two plans",
            "compare what is left in euros",
            "name the measurement that would turn the choice",
        ],
        answer: "Take `learned-1`, with `greedy-4` ready as the fallback. All three fit the four minutes between plans [ops-120], so time rules out none; `anneal-2` gives the shortest routes, but at 90 seconds it leaves no room for a second try when a plan comes out wrong [ml-301]. Against `greedy-4` the learned model saves 2.2 % of route length, about 134,000 euros over the peak [fin-044]. What would change my mind: it has never run above 40,000 stops, and the peak has 52,000 [ml-309]. Run it on last year's three largest mornings; if it is more than 3 % longer than `anneal-2` there, take `anneal-2` and replan every eight minutes.",
    },
];
